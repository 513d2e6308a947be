import { createHash, randomUUID } from 'node:crypto';
import { ArchiveError } from '../errors.ts';
import type { Processes } from '../processes/processes.ts';
import type { StoreOutcome } from '../store-outcome.ts';
import { gathered } from './gathered.ts';
import { hashed, idOf, keptOutcome, type NewUpload, type UploadDeskOptions, type UploadView } from './upload-desk.ts';
import type { KeptUpload, PieceStore, UploadRecords } from './upload-records.ts';
import type { Uploads } from './uploads.ts';

const FOLDER = 'uploads/';
/** Expired uploads that one call clears away. */
const EXPIRED = 20;

export interface SharedUploadsOptions extends Omit<UploadDeskOptions, 'files'> {
  readonly records: UploadRecords;
  readonly pieces: PieceStore;
  readonly processes: Pick<Processes, 'exclusive' | 'ifFree'>;
}

/**
 * Uploads of which any process takes in the next piece: rows of the records, and pieces in the object store. Nothing of them lies in a
 * process; whoever ends leaves at most a piece that no row names, which goes with the upload.
 */
export class SharedUploads implements Uploads {
  readonly #options: SharedUploadsOptions;

  constructor(options: SharedUploadsOptions) {
    this.#options = options;
  }

  async begin(wanted: NewUpload): Promise<UploadView> {
    const { limits, now, records, isThere } = this.#options;
    if (wanted.length > limits.maxInstanceBytes) {
      throw new ArchiveError('limit-exceeded', `an instance has at most ${limits.maxInstanceBytes} bytes`);
    }
    await this.#forget();
    const record = { id: idOf(wanted), ...wanted, touchedAt: now() };
    let upload = await records.begin(record, limits);
    const outcome = upload?.record.outcome;
    if (outcome !== undefined && !(await isThere(outcome, wanted.sopInstanceUid))) {
      // It was stored, and is there no more.
      await this.#clear(record.id);
      upload = await records.begin(record, limits);
    }
    if (upload === undefined) {
      throw new ArchiveError('busy', 'There are too many unfinished uploads: finish those that were begun.');
    }
    return await this.#wholeOrNot(upload);
  }

  async find(id: string, owner: string): Promise<UploadView> {
    return this.#view(owned(await this.#options.records.find(id), owner));
  }

  async append(id: string, owner: string, offset: number, body: ReadableStream<Uint8Array>): Promise<UploadView> {
    const { records, now } = this.#options;
    const known = owned(await records.find(id), owner);
    if (isWhole(known)) {
      await body.cancel();
      return await this.#wholeOrNot(known);
    }
    if (offset !== known.offset) {
      await body.cancel();
      throw standsAt(known.offset, `the upload stands at ${known.offset}, not at ${offset}`);
    }
    const writer = randomUUID();
    const taken = owned(await records.take(id, writer, now()), owner);
    const { offset: at, failure } = await this.#add(taken, writer, body);
    if (failure instanceof ArchiveError) {
      throw failure;
    }
    if (failure !== undefined) {
      throw standsAt(at, `the request broke off: the upload stands at ${at}`, failure);
    }
    return await this.#wholeOrNot(owned(await records.find(id), owner));
  }

  async remove(id: string, owner: string): Promise<void> {
    owned(await this.#options.records.find(id), owner);
    await this.#clear(id);
  }

  async #wholeOrNot(upload: KeptUpload): Promise<UploadView> {
    return isWhole(upload) && upload.record.outcome === undefined ? await this.#finish(upload) : this.#view(upload);
  }

  /** Keeps what comes, piece by piece; gives where it stands then. */
  async #add(
    { record: { id, length }, offset }: KeptUpload,
    writer: string,
    body: ReadableStream<Uint8Array>,
  ): Promise<{ readonly offset: number; readonly failure?: unknown }> {
    const { pieces, records, limits, now } = this.#options;
    let at = offset;
    try {
      for await (const piece of gathered(body, length - offset, limits.uploadPieceBytes)) {
        const key = `${FOLDER}${id}/${String(at).padStart(12, '0')}-${writer}`;
        await pieces.put(key, piece.bytes);
        if (!(await records.add(id, writer, { offset: at, length: piece.bytes.byteLength, key }, now()))) {
          await pieces.remove(key);
          const stands = (await records.find(id))?.offset ?? 0;
          return { offset: stands, failure: standsAt(stands, `another request goes on with it: the upload stands at ${stands}`) };
        }
        at += piece.bytes.byteLength;
        if (piece.failure !== undefined) {
          return { offset: at, failure: piece.failure };
        }
      }
      return { offset: at };
    } catch (failure) {
      return { offset: at, failure };
    }
  }

  /** All its bytes are here. One process stores it, and who asks meanwhile waits for that. */
  async #finish({ record: { id, source } }: KeptUpload): Promise<UploadView> {
    const { processes, records } = this.#options;
    return await processes.exclusive(`upload ${id}`, async () => {
      const upload = await records.find(id);
      if (upload === undefined || upload.record.outcome !== undefined) {
        return this.#view(owned(upload, upload?.record.owner ?? ''));
      }
      const outcome = await this.#storeWhole(upload);
      const done = await records.find(id);
      return { ...this.#view(done ?? upload), stored: { source, outcome } };
    });
  }

  /** @throws ArchiveError `store-full`, `store-away`: it stays as it is; `conflict` when it is not what was announced */
  async #storeWhole({ record: { id, sha256, source, importId } }: KeptUpload): Promise<StoreOutcome> {
    const { records, receive, release, store, now } = this.#options;
    const hash = createHash('sha256');
    const received = await receive(hashed(this.#whole(id), hash));
    if (hash.digest('hex') !== sha256) {
      await release(received);
      await records.restart(id);
      await this.#removePieces(id);
      throw standsAt(0, 'the bytes are not those that were announced: send them again from the beginning');
    }
    const outcome = await store(received, source, importId);
    if (outcome.status === 'refused' && (outcome.reason === 'full' || outcome.reason === 'away')) {
      throw new ArchiveError(outcome.reason === 'full' ? 'store-full' : 'store-away', outcome.message);
    }
    await records.finish(id, keptOutcome(outcome), now());
    // What cannot be removed now goes when its outcome is forgotten.
    await this.#removePieces(id).catch(() => undefined);
    return outcome;
  }

  #whole(id: string): ReadableStream<Uint8Array> {
    const { pieces, records } = this.#options;
    async function* bytes(): AsyncGenerator<Uint8Array, void> {
      for (const { key } of await records.pieces(id)) {
        yield* await pieces.read(key);
      }
    }
    return ReadableStream.from(bytes());
  }

  async #removePieces(id: string): Promise<void> {
    const { pieces } = this.#options;
    for await (const key of pieces.list(`${FOLDER}${id}/`)) {
      await pieces.remove(key);
    }
  }

  /** NOTE: the row goes last: as long as it is there somebody knows of the pieces. */
  async #clear(id: string): Promise<void> {
    const { processes, records } = this.#options;
    await processes.exclusive(`upload ${id}`, async () => {
      await records.restart(id);
      await this.#removePieces(id);
      await records.remove(id);
    });
  }

  /** Lets go of what nobody goes on with. */
  async #forget(): Promise<void> {
    const { now, limits, records } = this.#options;
    const expired = await records.expired(now() - limits.uploadKeptMs, now() - limits.uploadOutcomeKeptMs, EXPIRED);
    for (const id of expired) {
      await this.#clear(id);
    }
  }

  #view({ record: { id, length, outcome, touchedAt, source, importId }, offset }: KeptUpload): UploadView {
    const { uploadKeptMs, uploadOutcomeKeptMs } = this.#options.limits;
    const expiresAt = touchedAt + (outcome === undefined ? uploadKeptMs : uploadOutcomeKeptMs);
    const begun = { source, importId };
    return { id, begun, length, offset: outcome === undefined ? offset : length, expiresAt, outcome };
  }
}

function isWhole({ record: { length, outcome }, offset }: KeptUpload): boolean {
  return outcome !== undefined || offset === length;
}

/** @throws ArchiveError `not-found` */
function owned(upload: KeptUpload | undefined, owner: string): KeptUpload {
  if (upload === undefined || upload.record.owner !== owner) {
    throw new ArchiveError('not-found', 'There is no such upload: it has expired, or was never begun. Begin it again.');
  }
  return upload;
}

function standsAt(offset: number, message: string, cause?: unknown): ArchiveError {
  return new ArchiveError('conflict', message, { cause, members: { offset } });
}
