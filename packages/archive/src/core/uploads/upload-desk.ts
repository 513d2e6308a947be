import { createHash } from 'node:crypto';
import type { Source } from '@filmless/access';
import type { ReceivedObject } from '@filmless/dicom';
import { ArchiveError } from '../errors.ts';
import type { ArchiveLimits } from '../limits.ts';
import type { StoreOutcome } from '../store-outcome.ts';
import type { UploadFiles, UploadOutcome, UploadRecord } from './upload-files.ts';
import type { Uploads } from './uploads.ts';

export interface UploadDeskOptions {
  readonly files: UploadFiles;
  readonly limits: ArchiveLimits;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly hasRoom: () => Promise<boolean>;
  readonly receive: (body: ReadableStream<Uint8Array>) => Promise<ReceivedObject>;
  readonly release: (received: ReceivedObject) => Promise<void>;
  readonly store: (received: ReceivedObject, source: Source, importId: string | undefined) => Promise<StoreOutcome>;
  /** Whether an instance that was stored is still there. */
  readonly isThere: (outcome: UploadOutcome, sopInstanceUid: string) => Promise<boolean>;
}

export interface NewUpload {
  readonly owner: string;
  readonly source: Source;
  readonly sopInstanceUid: string;
  readonly length: number;
  readonly sha256: string;
  /** The import by which it is stored. */
  readonly importId?: string | undefined;
}

/** An upload as its sender sees it. */
export interface UploadView {
  readonly id: string;
  /** For whom it was begun, and by which import: whether they still may is for the caller to see. */
  readonly begun: Pick<NewUpload, 'source' | 'importId'>;
  /** Bytes that are safe here. */
  readonly offset: number;
  readonly length: number;
  /** Milliseconds since 1970: without a further byte it is forgotten then. */
  readonly expiresAt: number;
  readonly outcome: UploadOutcome | undefined;
  /** What became of it, told to the one whose request made it whole. */
  readonly stored?: { readonly source: Source; readonly outcome: StoreOutcome };
}

interface Open {
  record: UploadRecord;
  offset: number;
  /** The request that adds bytes at the moment. */
  adding: { readonly stop: AbortController; readonly done: Promise<unknown> } | undefined;
  finishing: Promise<StoreOutcome> | undefined;
}

/**
 * Large instances that come in pieces to one process: what of one is here stays here until it is whole, through lines that break and restarts of both
 * sides. Then it is stored as any other.
 */
export class UploadDesk implements Uploads {
  readonly #options: UploadDeskOptions;
  readonly #uploads: Map<string, Open>;

  private constructor(options: UploadDeskOptions, uploads: Map<string, Open>) {
    this.#options = options;
    this.#uploads = uploads;
  }

  static async open(options: UploadDeskOptions): Promise<UploadDesk> {
    const kept = await options.files.list();
    const uploads = kept.map(({ record, offset }): [string, Open] => [
      record.id,
      { record, offset: Math.min(offset, record.length), adding: undefined, finishing: undefined },
    ]);
    const desk = new UploadDesk(options, new Map(uploads));
    await desk.#forget();
    return desk;
  }

  async begin(wanted: NewUpload): Promise<UploadView> {
    const { limits, now, files, isThere } = this.#options;
    if (wanted.length > limits.maxInstanceBytes) {
      throw new ArchiveError('limit-exceeded', `an instance has at most ${limits.maxInstanceBytes} bytes`);
    }
    await this.#forget();
    const id = idOf(wanted);
    const known = this.#uploads.get(id);
    const { outcome } = known?.record ?? {};
    if (known !== undefined && (outcome === undefined || (await isThere(outcome, wanted.sopInstanceUid)))) {
      await this.#touch(known);
      return known.offset === wanted.length && outcome === undefined ? await this.#finish(known) : this.#view(known);
    }
    if (known !== undefined) {
      // It was stored, and is there no more.
      this.#uploads.delete(id);
      await files.remove(id);
    }
    await this.#makeSureOfRoom(wanted);
    const { importId, ...file } = wanted;
    const record: UploadRecord = { id, ...file, ...(importId === undefined ? {} : { importId }), touchedAt: now() };
    const upload: Open = { record, offset: 0, adding: undefined, finishing: undefined };
    this.#uploads.set(id, upload);
    await files.write(record);
    return this.#view(upload);
  }

  async find(id: string, owner: string): Promise<UploadView> {
    return this.#view(this.#open(id, owner));
  }

  async append(id: string, owner: string, offset: number, body: ReadableStream<Uint8Array>): Promise<UploadView> {
    const upload = this.#open(id, owner);
    while (upload.adding !== undefined) {
      upload.adding.stop.abort();
      await upload.adding.done;
    }
    if (upload.record.outcome !== undefined || upload.offset === upload.record.length) {
      await body.cancel();
      return upload.record.outcome === undefined ? await this.#finish(upload) : this.#view(upload);
    }
    if (offset !== upload.offset) {
      await body.cancel();
      throw new ArchiveError('conflict', `the upload stands at ${upload.offset}, not at ${offset}`, {
        members: { offset: upload.offset },
      });
    }
    const stop = new AbortController();
    const adding = this.#add(upload, body, stop.signal);
    upload.adding = { stop, done: adding.catch(() => undefined) };
    try {
      await adding;
    } finally {
      upload.adding = undefined;
    }
    return upload.offset === upload.record.length ? await this.#finish(upload) : this.#view(upload);
  }

  async remove(id: string, owner: string): Promise<void> {
    const upload = this.#open(id, owner);
    upload.adding?.stop.abort();
    await upload.adding?.done;
    await upload.finishing?.catch(() => undefined);
    this.#uploads.delete(id);
    await this.#options.files.remove(id);
  }

  async #add(upload: Open, body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<void> {
    const { files } = this.#options;
    const { id, length } = upload.record;
    const pieces = this.#bounded(body, length - upload.offset, signal);
    const { offset, failure } = await files.append(id, upload.offset, pieces);
    upload.offset = offset;
    await this.#touch(upload);
    if (failure instanceof ArchiveError) {
      throw failure;
    }
    if (failure !== undefined) {
      const why = signal.aborted ? 'another request goes on with it' : 'the request broke off';
      throw new ArchiveError('conflict', `${why}: the upload stands at ${offset}`, { cause: failure, members: { offset } });
    }
  }

  /** @throws ArchiveError `store-full`; what the body throws; and when it is told to stop */
  async *#bounded(body: ReadableStream<Uint8Array>, most: number, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    const { limits, hasRoom } = this.#options;
    const reader = body.getReader();
    const stop = () => void reader.cancel().catch(() => undefined);
    signal.addEventListener('abort', stop, { once: true });
    let left = most;
    let unchecked = Number.POSITIVE_INFINITY;
    try {
      while (left > 0) {
        if (unchecked >= limits.freeCheckBytes) {
          unchecked = 0;
          if (!(await hasRoom())) {
            throw new ArchiveError('store-full', 'the disk is nearly full');
          }
        }
        const { done, value } = await reader.read();
        signal.throwIfAborted();
        if (done) {
          return;
        }
        const piece = value.subarray(0, left);
        left -= piece.byteLength;
        unchecked += piece.byteLength;
        yield piece;
      }
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }

  /** All its bytes are here. Whoever asks meanwhile waits for the same end. */
  async #finish(upload: Open): Promise<UploadView> {
    upload.finishing ??= this.#storeWhole(upload).finally(() => {
      upload.finishing = undefined;
    });
    const outcome = await upload.finishing;
    return { ...this.#view(upload), stored: { source: upload.record.source, outcome } };
  }

  /** @throws ArchiveError `store-full`, `store-away`: it stays as it is; `conflict` when it is not what was announced */
  async #storeWhole(upload: Open): Promise<StoreOutcome> {
    const { files, receive, release, store } = this.#options;
    const { id, sha256, source, importId } = upload.record;
    const hash = createHash('sha256');
    const received = await receive(hashed(files.read(id), hash));
    if (hash.digest('hex') !== sha256) {
      await release(received);
      await files.removeBytes(id);
      upload.offset = 0;
      throw new ArchiveError('conflict', 'the bytes are not those that were announced: send them again from the beginning', {
        members: { offset: 0 },
      });
    }
    const outcome = await store(received, source, importId);
    if (outcome.status === 'refused' && (outcome.reason === 'full' || outcome.reason === 'away')) {
      throw new ArchiveError(outcome.reason === 'full' ? 'store-full' : 'store-away', outcome.message);
    }
    upload.record = { ...upload.record, outcome: keptOutcome(outcome), touchedAt: this.#options.now() };
    await files.write(upload.record);
    await files.removeBytes(id);
    return outcome;
  }

  #open(id: string, owner: string): Open {
    const upload = this.#uploads.get(id);
    if (upload === undefined || upload.record.owner !== owner) {
      throw new ArchiveError('not-found', 'There is no such upload: it has expired, or was never begun. Begin it again.');
    }
    return upload;
  }

  #view({ record, offset }: Open): UploadView {
    const { id, length, outcome, source, importId } = record;
    return {
      id,
      begun: { source, importId },
      length,
      offset: outcome === undefined ? offset : length,
      expiresAt: this.#expiry(record),
      outcome,
    };
  }

  #expiry({ touchedAt, outcome }: UploadRecord): number {
    const { uploadKeptMs, uploadOutcomeKeptMs } = this.#options.limits;
    return touchedAt + (outcome === undefined ? uploadKeptMs : uploadOutcomeKeptMs);
  }

  async #touch(upload: Open): Promise<void> {
    upload.record = { ...upload.record, touchedAt: this.#options.now() };
    await this.#options.files.write(upload.record);
  }

  /** @throws ArchiveError `busy`, `store-full` */
  async #makeSureOfRoom({ owner, length }: NewUpload): Promise<void> {
    const { limits, hasRoom } = this.#options;
    const open = [...this.#uploads.values()].filter(({ record }) => record.outcome === undefined);
    if (open.length >= limits.uploads || open.filter(({ record }) => record.owner === owner).length >= limits.uploadsOfOne) {
      throw new ArchiveError('busy', 'There are too many unfinished uploads: finish those that were begun.');
    }
    const bytes = open.reduce((sum, { record }) => sum + record.length, 0);
    if (open.length > 0 && bytes + length > limits.uploadBytes) {
      throw new ArchiveError('busy', `Unfinished uploads have ${bytes} bytes: finish those that were begun.`);
    }
    if (!(await hasRoom())) {
      throw new ArchiveError('store-full', 'the disk is nearly full');
    }
  }

  /** Lets go of what nobody goes on with. */
  async #forget(): Promise<void> {
    const now = this.#options.now();
    for (const [id, upload] of this.#uploads) {
      if (upload.adding === undefined && upload.finishing === undefined && this.#expiry(upload.record) < now) {
        this.#uploads.delete(id);
        await this.#options.files.remove(id);
      }
    }
  }
}

/** The same file of the same sender is the same upload. */
export function idOf({ owner, source, sopInstanceUid, length, sha256, importId }: NewUpload): string {
  const { callingAe = '', facility } = source;
  const named = JSON.stringify([
    owner,
    callingAe,
    facility,
    sopInstanceUid,
    length,
    sha256,
    ...(importId === undefined ? [] : [importId]),
  ]);
  return createHash('sha256').update(named).digest('hex').slice(0, 32);
}

export function keptOutcome(outcome: StoreOutcome): UploadOutcome {
  if (outcome.status === 'refused') {
    const { status, reason, message } = outcome;
    return { status, reason, message };
  }
  const { status, studyInstanceUid, seriesInstanceUid } = outcome;
  return { status, studyInstanceUid, seriesInstanceUid };
}

export function hashed(body: ReadableStream<Uint8Array>, hash: ReturnType<typeof createHash>): ReadableStream<Uint8Array> {
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (piece, controller) => {
        hash.update(piece);
        controller.enqueue(piece);
      },
    }),
  );
}
