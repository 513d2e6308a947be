/** How much memory what goes out may take. Sizes are bytes. */
export interface SendLimits {
  /** Gathered for one write to a connection. */
  readonly buffer: number;
  /** Of these in use; further ones are small. */
  readonly buffersOut: number;
  /** Of these kept when nothing is sent. */
  readonly buffersKept: number;
  readonly smallBuffer: number;
}

/**
 * Buffers for what goes out. A large one is used again, so that a large answer leaves no garbage; when all large ones are out,
 * as with many slow receivers, the next answer gets a small one and still goes on.
 */
export class SendBuffers {
  readonly #limits: SendLimits;
  readonly #idle: ArrayBuffer[] = [];
  #out = 0;

  constructor(limits: SendLimits) {
    this.#limits = limits;
  }

  take(): ArrayBuffer {
    const { buffer, buffersOut, smallBuffer } = this.#limits;
    if (this.#out >= buffersOut) {
      return new ArrayBuffer(smallBuffer);
    }
    this.#out += 1;
    return this.#idle.pop() ?? new ArrayBuffer(buffer);
  }

  /** Takes a buffer back of which nobody reads or writes any more. */
  give(buffer: ArrayBuffer): void {
    if (buffer.byteLength === this.#limits.buffer) {
      this.#out -= 1;
      if (this.#idle.length < this.#limits.buffersKept) {
        this.#idle.push(buffer);
      }
    }
  }

  /** Counts a buffer of so many bytes as gone that may still be in use: the kernel or a read that was broken off holds it. */
  lose(byteLength: number): void {
    if (byteLength === this.#limits.buffer) {
      this.#out -= 1;
    }
  }
}
