import { DicomError } from '../errors.ts';
import { hasControl, isToken } from './header-text.ts';

/** A part to be written. */
export interface OutgoingPart {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | ReadableStream<Uint8Array>;
}

/** Below this a body is sent in one chunk with the lines before it: fewer, larger writes to the socket. */
const JOINED_BODY_BYTES = 16 * 1024;

const encoder = new TextEncoder();

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
  const chunks = chunksOf(parts, boundary);
  let begun = false;
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        begun = true;
        const { done, value } = await chunks.next();
        if (done) {
          controller.close();
        } else {
          controller.enqueue(value);
        }
      },
      cancel: async () => {
        if (!begun && Symbol.asyncIterator in parts) {
          // A generator that was never begun would not tell the parts that nobody wants them.
          await parts[Symbol.asyncIterator]().return?.();
        }
        await chunks.return();
      },
    },
    { highWaterMark: 0 },
  );
}

async function* chunksOf(
  parts: AsyncIterable<OutgoingPart> | Iterable<OutgoingPart>,
  boundary: string,
): AsyncGenerator<Uint8Array, void, void> {
  let lineEnd = '';
  for await (const { headers, body } of parts) {
    const opening = encoder.encode(`${lineEnd}--${boundary}\r\n${headerLines(headers)}\r\n`);
    lineEnd = '\r\n';
    if (!(body instanceof Uint8Array)) {
      yield* chunksOfStream(opening, body);
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

/** The body is this generator's from the start: also who leaves at the lines before it lets go of it. */
async function* chunksOfStream(opening: Uint8Array, body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const reader = body.getReader();
  let ended = false;
  try {
    yield opening;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        ended = true;
        return;
      }
      yield value;
    }
  } finally {
    if (!ended) {
      await reader.cancel();
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
