import { DicomError } from '../errors.ts';
import { hasControl, isToken } from './header-text.ts';
import { type BodyPiece, streamOfPieces, takePieces } from './pieces.ts';

/** A part to be written. */
export interface OutgoingPart {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
}

/** Below this a body is sent in one chunk with the lines before it: fewer, larger writes to the socket. */
const JOINED_BODY_BYTES = 16 * 1024;

const encoder = new TextEncoder();

/** The parts of bodies that nobody has read from. */
const written = new WeakMap<ReadableStream<Uint8Array>, AsyncIterable<OutgoingPart> | Iterable<OutgoingPart>>();

/** A boundary that random data holds with a chance of 1 in 2^122. RFC 2046 5.1.1. */
export function newBoundary(): string {
  return `filmless-${crypto.randomUUID()}`;
}

/**
 * Writes parts as a multipart body, pulled by its reader: a part is asked for when the one before was taken. Cancelling the
 * stream cancels the part being sent and ends the parts. RFC 2046 5.1.1, PS3.18 8.6.1.2.
 */
export function writeMultipart(
  parts: AsyncIterable<OutgoingPart> | Iterable<OutgoingPart>,
  boundary: string,
): ReadableStream<Uint8Array> {
  const pieces = piecesOf(parts, boundary);
  let begun = false;
  const stream = streamOfPieces({
    next: () => {
      begun = true;
      return pieces.next();
    },
    return: async () => {
      if (!begun) {
        // A generator that was never begun would not tell the parts that nobody wants them.
        await iteratorOf(parts).return?.();
      }
      return await pieces.return();
    },
  });
  written.set(stream, parts);
  return stream;
}

/**
 * The parts of a multipart body that was written in this process and that nobody has read from; undefined for any other. They are the
 * caller's from now on, who reads or cancels each body and calls `return` when it wants no more.
 */
export function takeParts(stream: ReadableStream<Uint8Array>): AsyncIterator<OutgoingPart> | undefined {
  const parts = written.get(stream);
  return parts === undefined || takePieces(stream) === undefined ? undefined : iteratorOf(parts);
}

function iteratorOf(parts: AsyncIterable<OutgoingPart> | Iterable<OutgoingPart>): AsyncIterator<OutgoingPart> {
  return Symbol.asyncIterator in parts ? parts[Symbol.asyncIterator]() : new Given(parts);
}

/** Parts that are there already. NOTE: no generator; one that was never begun could not let go of their bodies. */
class Given implements AsyncIterator<OutgoingPart> {
  readonly #waiting: OutgoingPart[];

  constructor(parts: Iterable<OutgoingPart>) {
    this.#waiting = [...parts];
  }

  next(): Promise<IteratorResult<OutgoingPart, undefined>> {
    const value = this.#waiting.shift();
    return Promise.resolve(value === undefined ? { done: true, value } : { done: false, value });
  }

  async return(): Promise<IteratorResult<OutgoingPart, undefined>> {
    for (const { body } of this.#waiting.splice(0)) {
      await (body instanceof ReadableStream ? body.cancel() : undefined);
    }
    return { done: true, value: undefined };
  }
}

async function* piecesOf(
  parts: AsyncIterable<OutgoingPart> | Iterable<OutgoingPart>,
  boundary: string,
): AsyncGenerator<BodyPiece, void, void> {
  let lineEnd = '';
  for await (const { headers, body } of parts) {
    const opening = encoder.encode(`${lineEnd}--${boundary}\r\n${headerLines(headers)}\r\n`);
    lineEnd = '\r\n';
    if (!(body instanceof Uint8Array)) {
      yield* withStream(opening, body);
    } else if (body.length <= JOINED_BODY_BYTES) {
      const joined = new Uint8Array(opening.length + body.length);
      joined.set(opening);
      joined.set(body, opening.length);
      yield joined;
    } else {
      yield opening;
      yield body;
    }
  }
  yield encoder.encode(`${lineEnd}--${boundary}--\r\n`);
}

/** The body is this generator's until it gives it away: who leaves at the lines before it lets go of it, too. */
async function* withStream(opening: Uint8Array, body: ReadableStream<Uint8Array>): AsyncGenerator<BodyPiece, void, void> {
  let given = false;
  try {
    yield opening;
    given = true;
    yield body;
  } finally {
    if (!given) {
      await body.cancel();
    }
  }
}

function headerLines(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => {
      if (!isToken(name) || hasControl(value)) {
        throw new DicomError('invalid-value', `part header ${JSON.stringify(name)} cannot be written`);
      }
      return `${name}: ${value}\r\n`;
    })
    .join('');
}
