import { type ByteRange, type ByteRun, streamOfRun } from '@filmless/dicom';
import type { OpenFile } from '@filmless/disk';

/** Bytes a stream reads at a time. */
const CHUNK = 256 * 1024;

export interface StreamOptions {
  readonly range: ByteRange;
  readonly signal: AbortSignal | undefined;
  /** What the reader is told instead of the system's error. */
  readonly failure: (error: unknown) => unknown;
}

/** Streams a range of a file, which ends with it. Whoever has buffers of its own reads into them. */
export function streamFile(file: OpenFile, options: StreamOptions): ReadableStream<Uint8Array> {
  return streamOfRun(new FileRun(file, options));
}

class FileRun implements ByteRun {
  readonly #file: OpenFile;
  readonly #options: StreamOptions;
  #at: number;
  #end: number;

  constructor(file: OpenFile, options: StreamOptions) {
    const { offset, length } = options.range;
    this.#file = file;
    this.#options = options;
    this.#at = offset;
    this.#end = Math.min(offset + length, file.size);
  }

  get left(): number {
    return Math.max(0, this.#end - this.#at);
  }

  async read(into: Uint8Array): Promise<number> {
    const { signal, failure } = this.#options;
    const part = into.subarray(0, this.left);
    try {
      signal?.throwIfAborted();
      const read = part.byteLength === 0 ? 0 : await this.#file.read(part, this.#at);
      // A file may end before it should.
      this.#end = read < part.byteLength ? this.#at + read : this.#end;
      this.#at += read;
      if (this.left === 0) {
        await this.#file.close();
      }
      return read;
    } catch (error) {
      await this.#file.close().catch(() => undefined);
      throw signal?.aborted === true ? error : failure(error);
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}

/** A range of a file in memory, shorter where the file ends. */
export async function readFile(file: OpenFile, { offset, length }: ByteRange): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, file.size - offset)));
  return bytes.subarray(0, bytes.byteLength === 0 ? 0 : await file.read(bytes, offset));
}

/** Memory of all who read for the cache's sake: what is in it matters to nobody. */
let unread: Uint8Array | undefined;

/** Has the system read a file, which leaves it in its cache. */
export async function readThrough(file: OpenFile, goesOn: () => boolean): Promise<void> {
  unread ??= Buffer.allocUnsafeSlow(CHUNK);
  for (let at = 0; at < file.size && goesOn(); at += CHUNK) {
    await file.read(unread.subarray(0, Math.min(CHUNK, file.size - at)), at);
  }
}
