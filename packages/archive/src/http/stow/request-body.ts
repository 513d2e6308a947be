import { type LentPieces, lend, takeLent } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';

/** What of an unwanted body is still taken, so that its sender comes to read the answer and the connection can serve again. */
const MAX_DRAIN_BYTES = 256 * 1024 * 1024;
const MAX_DRAIN_MS = 10_000;

/** Bytes read at a time. */
const READ_BYTES = 64 * 1024;

/**
 * A request's body, in pieces that may change once the next is asked for. Whoever cancels it wants no more, but HTTP/1.1 has no way to tell the sender so: the rest is then read
 * and thrown away within bounds, without anybody waiting for it. RFC 9112 9.3.
 * It fails with ArchiveError `invalid-request` when the sender hangs up, who hears no answer: that is no fault of the server.
 */
export function requestBody(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const pieces = new WholePieces(takeLent(body) ?? piecesOf(body));
  let begun = false;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        begun = true;
        const { done, value } = await pieces.next();
        if (done === true) {
          controller.close();
        } else {
          controller.enqueue(value);
        }
      },
      cancel: async () => {
        begun = true;
        await pieces.return();
      },
    },
    { highWaterMark: 0 },
  );
  return lend(stream, () => (begun ? undefined : pieces));
}

/** Pieces of which those that nobody wants are read all the same. */
class WholePieces implements LentPieces {
  readonly #pieces: LentPieces;
  #asked: Promise<unknown> = Promise.resolve();
  #ended = false;

  constructor(pieces: LentPieces) {
    this.#pieces = pieces;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array, void>> {
    if (this.#ended) {
      return Promise.resolve({ done: true, value: undefined });
    }
    const next = this.#pieces.next().catch((error: unknown) => {
      throw new ArchiveError('invalid-request', 'The request broke off before its end.', { cause: error });
    });
    this.#asked = next;
    return next;
  }

  return(): Promise<IteratorResult<Uint8Array, void>> {
    if (!this.#ended) {
      this.#ended = true;
      // Its failure is that of a connection nobody listens to any more.
      this.#asked.then(() => drain(this.#pieces)).catch(() => undefined);
    }
    return Promise.resolve({ done: true, value: undefined });
  }
}

/** A connection takes memory to read into, the same for all of the body; any other stream brings its own. */
async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = body.getReader({ mode: 'byob' });
  } catch {
    yield* body;
    return;
  }
  try {
    for (let memory = new ArrayBuffer(READ_BYTES); ; ) {
      const { done, value } = await reader.read(new Uint8Array(memory));
      if (done) {
        return;
      }
      yield value;
      memory = value.buffer;
    }
  } finally {
    await reader.cancel();
  }
}

async function drain(pieces: LentPieces): Promise<void> {
  const end = Date.now() + MAX_DRAIN_MS;
  for (let bytes = 0; bytes < MAX_DRAIN_BYTES && Date.now() < end; ) {
    const { done, value } = await pieces.next();
    if (done === true) {
      return;
    }
    bytes += value.length;
  }
  await pieces.return?.();
}
