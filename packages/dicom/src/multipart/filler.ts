import { type ByteRun, takeRun } from './byte-run.ts';
import { type BodyPieces, takePieces } from './pieces.ts';
import type { SendBuffers } from './send-buffers.ts';

/** Bytes to be sent, and the buffer that is free again once they are. */
export interface Filled {
  readonly bytes: Uint8Array;
  readonly buffer: ArrayBuffer | undefined;
  /** Nothing comes after them. */
  readonly last: boolean;
}

/** Up to here bytes are copied behind those before them: fewer, larger writes. */
const COPIED_BYTES = 16 * 1024;

type Reader =
  | { readonly own: true; readonly reader: ReadableStreamBYOBReader }
  | { readonly own: false; readonly reader: ReadableStreamDefaultReader<Uint8Array> };

/** Turns the pieces of a body into full buffers: files are read straight into them. One `next` at a time. */
export class Filler {
  readonly #pieces: BodyPieces[];
  readonly #buffers: SendBuffers;
  #reader: Reader | undefined;
  #run: ByteRun | undefined;
  /** Bytes that did not fit behind those before them. */
  #left: Uint8Array | undefined;
  #buffer: ArrayBuffer | undefined;
  #used = 0;
  #cancelled = false;
  /** What the body failed with while bytes from before the failure waited to be sent. */
  #failure: { readonly error: unknown } | undefined;

  constructor(pieces: BodyPieces, buffers: SendBuffers) {
    this.#pieces = [pieces];
    this.#buffers = buffers;
  }

  /**
   * The next bytes to be sent, none when it was cancelled. Throws what the body fails with, once all from before the failure
   * has been given: a receiver gets a head and the parts that were whole, never a silent end.
   */
  async next(): Promise<Filled | undefined> {
    if (this.#failure !== undefined) {
      throw this.#failure.error;
    }
    const filled = await this.#next().catch((error: unknown) => {
      this.#failure = { error };
      if (this.#used === 0) {
        throw error;
      }
      return this.#flush(false);
    });
    if (!this.#cancelled || filled?.buffer === undefined) {
      return filled;
    }
    this.#buffers.give(filled.buffer);
    return undefined;
  }

  async #next(): Promise<Filled | undefined> {
    while (!this.#cancelled) {
      if (this.#left !== undefined) {
        const filled = this.#add(this.#left);
        if (filled !== undefined) {
          return filled;
        }
      } else if (this.#run !== undefined) {
        if (await this.#fillFrom(this.#run)) {
          return this.#flush(false);
        }
      } else if (this.#reader?.own === true) {
        if (await this.#fill(this.#reader.reader)) {
          return this.#flush(false);
        }
      } else if (this.#reader !== undefined) {
        const { done, value } = await this.#reader.reader.read();
        this.#left = value;
        this.#reader = done ? undefined : this.#reader;
      } else if (!(await this.#advance())) {
        return this.#flush(true);
      }
    }
    return undefined;
  }

  /** Lets go of everything, at any time. */
  async cancel(): Promise<void> {
    this.#cancelled = true;
    // One that has failed rejects: what it failed with was told by `next`.
    await this.#reader?.reader.cancel().catch(() => undefined);
    await this.#run?.close().catch(() => undefined);
    for (const pieces of this.#pieces.splice(0)) {
      await pieces.return?.();
    }
    if (this.#buffer !== undefined) {
      this.#buffers.give(this.#buffer);
      this.#buffer = undefined;
    }
  }

  /** Goes on to the next piece; false when there is none. */
  async #advance(): Promise<boolean> {
    const pieces = this.#pieces.at(-1);
    if (pieces === undefined) {
      return false;
    }
    const { done, value } = await pieces.next();
    if (done === true) {
      this.#pieces.pop();
    } else if (value instanceof Uint8Array) {
      this.#left = value;
    } else if (this.#cancelled) {
      await value.cancel();
    } else {
      this.#begin(value);
    }
    return true;
  }

  #begin(stream: ReadableStream<Uint8Array>): void {
    this.#run = takeRun(stream);
    if (this.#run !== undefined) {
      return;
    }
    const inner = takePieces(stream);
    if (inner === undefined) {
      this.#reader = readerOf(stream);
    } else {
      this.#pieces.push(inner);
    }
  }

  /** Reads a run's next bytes behind those that wait; true when the buffer is full. */
  async #fillFrom(run: ByteRun): Promise<boolean> {
    const buffer = this.#buffer ?? this.#buffers.take();
    // Not given back while it is read into.
    this.#buffer = undefined;
    try {
      const read = await run.read(new Uint8Array(buffer, this.#used));
      this.#used += read;
      if (read === 0 || run.left === 0) {
        this.#run = undefined;
      }
    } catch (error) {
      this.#run = undefined;
      this.#buffer = buffer;
      throw error;
    }
    if (this.#cancelled) {
      this.#buffers.give(buffer);
      return false;
    }
    this.#buffer = buffer;
    return this.#used === buffer.byteLength;
  }

  /** Puts bytes behind those that wait, or gives what is to be sent before or instead. */
  #add(bytes: Uint8Array): Filled | undefined {
    const buffer = bytes.byteLength > COPIED_BYTES ? undefined : this.#taken();
    if (buffer === undefined || this.#used + bytes.byteLength > buffer.byteLength) {
      if (this.#used > 0) {
        return this.#flush(false);
      }
      this.#left = undefined;
      return { bytes, buffer: undefined, last: false };
    }
    new Uint8Array(buffer).set(bytes, this.#used);
    this.#used += bytes.byteLength;
    this.#left = undefined;
    return undefined;
  }

  #taken(): ArrayBuffer {
    this.#buffer ??= this.#buffers.take();
    return this.#buffer;
  }

  /** Reads a file's next bytes behind those that wait; true when the buffer is full. */
  async #fill(reader: ReadableStreamBYOBReader): Promise<boolean> {
    const buffer = this.#taken();
    const { byteLength } = buffer;
    // It goes to the file's reading, and comes back under another name.
    this.#buffer = undefined;
    const { done, value } = await reader.read(new Uint8Array(buffer, this.#used)).catch((error: unknown) => {
      this.#buffers.lose(byteLength);
      this.#used = 0;
      throw error;
    });
    if (value === undefined) {
      // Cancelled: a read may still be writing into it.
      this.#buffers.lose(byteLength);
      return false;
    }
    this.#buffer = value.buffer;
    this.#used += value.byteLength;
    if (done) {
      this.#reader = undefined;
    }
    return this.#used === byteLength;
  }

  #flush(last: boolean): Filled {
    const buffer = this.#buffer;
    const bytes = buffer === undefined ? new Uint8Array() : new Uint8Array(buffer, 0, this.#used);
    this.#buffer = undefined;
    this.#used = 0;
    return { bytes, buffer, last };
  }
}

/** A file takes buffers of others to read into; any other stream brings its own. */
function readerOf(stream: ReadableStream<Uint8Array>): Reader {
  try {
    return { own: true, reader: stream.getReader({ mode: 'byob' }) };
  } catch {
    return { own: false, reader: stream.getReader() };
  }
}
