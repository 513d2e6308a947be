import { type ByteRun, streamOfRun } from './byte-run.ts';

/** Memory is somebody's own when he has all of it but so much. Node gives small pieces out of memory that they share, half of it to one at most. */
const SPARE_BYTES = 64;

/**
 * Bytes that nobody else has, as a stream whose reader copies them into memory of its own. Theirs is given back as soon as they are
 * read, or nobody wants them: until the garbage collector sees that they are gone, large answers would gather.
 */
export function streamOfOwned(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array> {
  return streamOfRun(new OwnedRun(bytes));
}

class OwnedRun implements ByteRun {
  #bytes: Uint8Array<ArrayBuffer>;
  #at = 0;

  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.byteLength - this.#at;
  }

  async read(into: Uint8Array): Promise<number> {
    const taken = this.#bytes.subarray(this.#at, this.#at + into.byteLength);
    const { byteLength } = taken;
    into.set(taken);
    this.#at += byteLength;
    if (this.left === 0) {
      await this.close();
    }
    return byteLength;
  }

  close(): Promise<void> {
    giveBack(this.#bytes);
    this.#bytes = new Uint8Array();
    this.#at = 0;
    return Promise.resolve();
  }
}

/** Gives back the memory of bytes that nobody else has. */
export function giveBack({ buffer, byteLength }: Uint8Array<ArrayBuffer>): void {
  if (buffer.byteLength - byteLength <= SPARE_BYTES) {
    buffer.transfer(0);
  }
}
