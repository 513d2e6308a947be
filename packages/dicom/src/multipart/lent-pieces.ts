/** Bytes piece by piece, the memory of each its reader's until the next is asked for; `return` lets go of what is left. One `next` at a time. */
export type LentPieces = AsyncIterableIterator<Uint8Array, void, void>;

const lenders = new WeakMap<ReadableStream<Uint8Array>, () => LentPieces | undefined>();

/**
 * Lets `takeLent` have what a stream is read from: a stream of the web costs more than looking at what comes over a connection does.
 * `pieces` gives undefined once the stream was begun.
 */
export function lend(stream: ReadableStream<Uint8Array>, pieces: () => LentPieces | undefined): ReadableStream<Uint8Array> {
  lenders.set(stream, pieces);
  return stream;
}

/** The pieces of a stream that nobody has read from, which are the caller's from now on; undefined where there are none to be had so. */
export function takeLent(stream: ReadableStream<Uint8Array>): LentPieces | undefined {
  const pieces = stream.locked ? undefined : lenders.get(stream)?.();
  if (pieces !== undefined) {
    lenders.delete(stream);
    // Locked: what is taken here cannot be read there as well.
    stream.getReader();
  }
  return pieces;
}

/** The bytes of any stream, as they come; those that are lent where they are. */
export function lentPieces(stream: ReadableStream<Uint8Array>): LentPieces {
  return takeLent(stream) ?? new ReadPieces(stream.getReader());
}

class ReadPieces implements LentPieces {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(reader: ReadableStreamDefaultReader<Uint8Array>) {
    this.#reader = reader;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Uint8Array, void>> {
    const { done, value } = await this.#reader.read();
    return done ? { done, value: undefined } : { done, value };
  }

  async return(): Promise<IteratorResult<Uint8Array, void>> {
    await this.#reader.cancel();
    return { done: true, value: undefined };
  }
}
