import { type ByteRun, streamOfPieces, streamOfRun, takeRun, writeFileMeta } from '@filmless/dicom';
import type { ArchiveCore } from '../../core/archive-core.ts';
import { ArchiveError } from '../../core/errors.ts';
import type { StoredInstance } from '../../core/model.ts';

/** Preamble and prefix. PS3.10 7.1. */
const HEAD_BYTES = 132;
const PREFIX = [0x44, 0x49, 0x43, 0x4d];

/**
 * The file of an instance as it is kept. What came without preamble or file meta information gets them here, since what is
 * retrieved must be a Part 10 file; its data set stays as it is, byte for byte. PS3.10 7.1, PS3.18 8.7.3.
 */
export async function readPart10File(
  core: Pick<ArchiveCore, 'read'>,
  instance: StoredInstance,
): Promise<ReadableStream<Uint8Array>> {
  const file = await core.read(instance, { of: 'file', range: { offset: 0, length: instance.size } });
  const run = takeRun(file);
  if (run !== undefined) {
    return streamOfRun(new Part10Run(core, instance, run));
  }
  const head = await readHead(file);
  if (hasPrefix(head)) {
    return streamOfPieces([head, file]);
  }
  await file.cancel();
  return streamOfPieces(completed(core, instance));
}

/** The same data set under another transfer syntax, which must allow its bytes. */
export function renamedPart10File(
  core: Pick<ArchiveCore, 'read'>,
  instance: StoredInstance,
  transferSyntaxUid: string,
): ReadableStream<Uint8Array> {
  return streamOfPieces(completed(core, { ...instance, transferSyntaxUid }));
}

/** As `readPart10File`, of what is read straight into memory: whether it has a preamble shows with its first bytes. */
class Part10Run implements ByteRun {
  readonly #core: Pick<ArchiveCore, 'read'>;
  readonly #instance: StoredInstance;
  #run: ByteRun;
  #begun = false;
  /** Read already, or made, and not given yet. */
  #before: Uint8Array = new Uint8Array();

  constructor(core: Pick<ArchiveCore, 'read'>, instance: StoredInstance, file: ByteRun) {
    this.#core = core;
    this.#instance = instance;
    this.#run = file;
  }

  get left(): number {
    return this.#before.byteLength + this.#run.left;
  }

  async read(into: Uint8Array): Promise<number> {
    if (!this.#begun) {
      this.#begun = true;
      const head = into.byteLength < HEAD_BYTES ? new Uint8Array(HEAD_BYTES) : into;
      const read = await this.#run.read(head);
      if (!hasPrefix(head.subarray(0, read))) {
        await this.#complete();
      } else if (head === into) {
        return read;
      } else {
        this.#before = head.subarray(0, read);
      }
    }
    if (this.#before.byteLength === 0) {
      return this.#run.read(into);
    }
    const given = this.#before.subarray(0, into.byteLength);
    into.set(given);
    this.#before = this.#before.subarray(given.byteLength);
    return given.byteLength;
  }

  close(): Promise<void> {
    return this.#run.close();
  }

  async #complete(): Promise<void> {
    await this.#run.close();
    const { dataSetOffset: offset, size } = this.#instance;
    this.#before = fileMetaOf(this.#instance);
    const dataSet = await this.#core.read(this.#instance, { of: 'file', range: { offset, length: size - offset } });
    const run = takeRun(dataSet);
    if (run === undefined) {
      await dataSet.cancel();
      throw new ArchiveError('store-away', `object ${this.#instance.objectKey} could not be read`);
    }
    this.#run = run;
  }
}

/** The first bytes of a stream, 132 at least where it has as many; the stream goes on after them. */
async function readHead(file: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  using reader = headReader(file);
  for (let length = 0; length < HEAD_BYTES; ) {
    const chunk = await reader.read(HEAD_BYTES - length);
    if (chunk === undefined) {
      break;
    }
    chunks.push(chunk);
    length += chunk.length;
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

interface HeadReader extends Disposable {
  /** The next bytes: so many at most where the stream can tell, otherwise its next chunk. */
  read(most: number): Promise<Uint8Array | undefined>;
}

function headReader(file: ReadableStream<Uint8Array>): HeadReader {
  try {
    // Files on disk: no more is read than is looked at, and the rest goes into the buffers of whoever sends it.
    const reader = file.getReader({ mode: 'byob' });
    return {
      read: async (most) => {
        const { done, value } = await reader.read(new Uint8Array(most));
        return done ? undefined : value;
      },
      [Symbol.dispose]: () => reader.releaseLock(),
    };
  } catch {
    const reader = file.getReader();
    return { read: async () => (await reader.read()).value, [Symbol.dispose]: () => reader.releaseLock() };
  }
}

function hasPrefix(head: Uint8Array): boolean {
  return PREFIX.every((letter, index) => head[HEAD_BYTES - PREFIX.length + index] === letter);
}

async function* completed(
  core: Pick<ArchiveCore, 'read'>,
  instance: StoredInstance,
): AsyncGenerator<Uint8Array | ReadableStream<Uint8Array>, void, void> {
  yield fileMetaOf(instance);
  const offset = instance.dataSetOffset;
  yield await core.read(instance, { of: 'file', range: { offset, length: instance.size - offset } });
}

function fileMetaOf({ sopClassUid, sopInstanceUid, transferSyntaxUid }: StoredInstance): Uint8Array {
  return writeFileMeta({ mediaStorageSopClassUid: sopClassUid, mediaStorageSopInstanceUid: sopInstanceUid, transferSyntaxUid });
}
