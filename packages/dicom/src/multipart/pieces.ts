/** What a body is made of: bytes, or a stream that is read when its turn comes. */
export type BodyPiece = Uint8Array | ReadableStream<Uint8Array>;

/** Pieces as they are asked for. Whoever is given a stream reads or cancels it; `return` lets go of what was not given yet. */
export type BodyPieces = AsyncIterator<BodyPiece, void, void>;

const untouched = new WeakMap<ReadableStream<Uint8Array>, BodyPieces>();

/**
 * The pieces one after the other as one stream, pulled by its reader. A server that writes to its connection from buffers it
 * uses again takes the pieces themselves, with `takePieces`. A list of nothing but such a stream is that stream.
 */
export function streamOfPieces(of: BodyPieces | readonly BodyPiece[]): ReadableStream<Uint8Array> {
  const [only] = 'next' in of ? [] : of;
  if (only instanceof ReadableStream && 'length' in of && of.length === 1 && untouched.has(only)) {
    return only;
  }
  const pieces = new Reading('next' in of ? of : new Listed(of));
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        untouched.delete(stream);
        const chunk = await pieces.chunk();
        if (chunk === undefined) {
          controller.close();
        } else {
          controller.enqueue(chunk);
        }
      },
      cancel: async () => {
        untouched.delete(stream);
        await pieces.leave();
      },
    },
    { highWaterMark: 0 },
  );
  untouched.set(stream, pieces.pieces);
  return stream;
}

/** Pieces that are read chunk by chunk. */
class Reading {
  readonly pieces: BodyPieces;
  #current: ReadableStreamDefaultReader<Uint8Array> | undefined;
  #left = false;

  constructor(pieces: BodyPieces) {
    this.pieces = pieces;
  }

  async chunk(): Promise<Uint8Array | undefined> {
    try {
      while (!this.#left) {
        const { done, value } = await (this.#current?.read() ?? this.pieces.next());
        if (this.#current !== undefined) {
          this.#current = done === true ? undefined : this.#current;
        } else if (done === true) {
          return undefined;
        }
        if (value instanceof Uint8Array && value.length > 0) {
          return value;
        }
        if (value instanceof ReadableStream) {
          this.#current = value.getReader();
        }
      }
      await this.#current?.cancel();
    } catch (error) {
      await this.pieces.return?.();
      throw error;
    }
    return undefined;
  }

  async leave(): Promise<void> {
    this.#left = true;
    await this.#current?.cancel();
    await this.pieces.return?.();
  }
}

/** The pieces of a stream that nobody has read from, which is the caller's from now on; undefined for any other stream. */
export function takePieces(stream: ReadableStream<Uint8Array>): BodyPieces | undefined {
  const pieces = stream.locked ? undefined : untouched.get(stream);
  if (pieces !== undefined) {
    untouched.delete(stream);
    // Locked: what is taken here cannot be read there as well.
    stream.getReader();
  }
  return pieces;
}

/** A body as its pieces: those it was made of where nobody has read from it. */
export function piecesOf(body: BodyPiece): BodyPieces {
  return (body instanceof ReadableStream ? takePieces(body) : undefined) ?? new Listed([body]);
}

/** Pieces that are there already. NOTE: no generator; one that was never begun could not let go of its streams. */
class Listed implements AsyncIterator<BodyPiece, void, void> {
  readonly #waiting: BodyPiece[];

  constructor(pieces: readonly BodyPiece[]) {
    this.#waiting = [...pieces];
  }

  next(): Promise<IteratorResult<BodyPiece, void>> {
    const value = this.#waiting.shift();
    return Promise.resolve(value === undefined ? { done: true, value } : { done: false, value });
  }

  async return(): Promise<IteratorResult<BodyPiece, void>> {
    for (const piece of this.#waiting.splice(0)) {
      await (piece instanceof ReadableStream ? piece.cancel() : undefined);
    }
    return { done: true, value: undefined };
  }
}
