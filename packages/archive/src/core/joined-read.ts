/** An object that is read with others. */
export interface JoinedPart {
  /** Bytes of it. */
  readonly size: number;
  /** Reads it alone, where it cannot be read with the others any more. */
  alone(): Promise<ReadableStream<Uint8Array>>;
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/**
 * Objects that lie one behind the other, read by one request: a stream of each, which are read in their order; one waits for the end of
 * the one before. What is opened is let go when the last one ends, or when one is cancelled: those behind it are then read alone.
 */
export function readJoined(
  parts: readonly JoinedPart[],
  open: () => Promise<ReadableStream<Uint8Array>>,
): readonly ReadableStream<Uint8Array>[] {
  const source = new Source(open);
  let before = Promise.resolve();
  return parts.map((part, index) => {
    const ended = Promise.withResolvers<void>();
    const reading = new PartReading(source, part, index === parts.length - 1);
    const turn = before;
    let isCancelled = false;
    before = ended.promise;
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          await turn;
          if (isCancelled) {
            return;
          }
          try {
            const piece = await reading.next();
            if (piece === undefined) {
              controller.close();
              ended.resolve();
            } else {
              controller.enqueue(piece);
            }
          } catch (error) {
            await reading.giveUp();
            ended.resolve();
            throw error;
          }
        },
        cancel: () => {
          isCancelled = true;
          // Whoever has its turn now reads on; nobody behind it does.
          source.isLeft = true;
          void turn.then(() => reading.giveUp()).finally(ended.resolve);
        },
      },
      { highWaterMark: 0 },
    );
  });
}

/** One of the objects, while it is read. */
class PartReading {
  readonly #source: Source;
  readonly #part: JoinedPart;
  readonly #isLast: boolean;
  #left: number;
  #alone: Reader | undefined;
  #begun = false;

  constructor(source: Source, part: JoinedPart, isLast: boolean) {
    this.#source = source;
    this.#part = part;
    this.#isLast = isLast;
    this.#left = part.size;
  }

  /** Undefined at its end. */
  async next(): Promise<Uint8Array | undefined> {
    if (!this.#begun) {
      this.#begun = true;
      if (this.#source.isLeft) {
        await this.#source.close();
        this.#alone = (await this.#part.alone()).getReader();
      }
    }
    if (this.#alone !== undefined) {
      return (await this.#alone.read()).value;
    }
    if (this.#left === 0) {
      if (this.#isLast || this.#source.isLeft) {
        await this.#source.close();
      }
      return undefined;
    }
    const piece = await this.#source.take(this.#left);
    this.#left -= piece.byteLength;
    return piece;
  }

  async giveUp(): Promise<void> {
    this.#source.isLeft = true;
    await this.#alone?.cancel();
    await this.#source.close();
  }
}

/** What all of them are read from. */
class Source {
  readonly #open: () => Promise<ReadableStream<Uint8Array>>;
  #reader: Promise<Reader> | undefined;
  #held: Uint8Array = new Uint8Array();
  /** Nobody begins to read from it any more. */
  isLeft = false;

  constructor(open: () => Promise<ReadableStream<Uint8Array>>) {
    this.#open = open;
  }

  /** The next bytes, so many at most. */
  async take(most: number): Promise<Uint8Array> {
    this.#reader ??= this.#open().then((stream) => stream.getReader());
    while (this.#held.byteLength === 0) {
      const { done, value } = await (await this.#reader).read();
      if (done) {
        throw new Error('the object ended before its members did');
      }
      this.#held = value;
    }
    const piece = this.#held.subarray(0, most);
    this.#held = this.#held.subarray(piece.byteLength);
    return piece;
  }

  async close(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    this.isLeft = true;
    // Its failure was told to whoever read from it.
    await reader?.then((one) => one.cancel()).catch(() => undefined);
  }
}
