import { createHash } from 'node:crypto';
import { type BodyPiece, type OutgoingPart, streamOfPieces } from '@filmless/dicom';
import type { RequestContext } from './context.ts';

/** Text gathered before it goes out: fewer, larger chunks. */
const CHUNK_CHARACTERS = 64 * 1024;

/**
 * Takes the first item now, so that what fails at once can still be answered with a status. When nobody comes for that item,
 * `drop` lets go of what it holds.
 */
export async function primed<T>(
  items: AsyncIterable<T>,
  drop: (item: T) => Promise<void> = () => Promise.resolve(),
): Promise<AsyncIterable<T>> {
  const iterator = items[Symbol.asyncIterator]();
  let waiting: IteratorResult<T> | undefined = await iterator.next();
  const taken: AsyncIterator<T> = {
    next: () => {
      const first = waiting;
      waiting = undefined;
      return first === undefined ? iterator.next() : Promise.resolve(first);
    },
    return: async () => {
      if (waiting !== undefined && waiting.done !== true) {
        await drop(waiting.value);
      }
      waiting = undefined;
      await iterator.return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => taken };
}

/** Parts of a multipart answer, the first of them ready. */
export function primedParts(parts: AsyncIterable<OutgoingPart>): Promise<AsyncIterable<OutgoingPart>> {
  return primed(parts, async ({ body }) => {
    if (body instanceof ReadableStream) {
      await body.cancel();
    }
  });
}

/** A stream of text, pulled by its reader. */
export function textStream(pieces: AsyncIterable<string>): ReadableStream<Uint8Array> {
  const iterator = pieces[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  let ended = false;
  return streamOfPieces({
    next: async () => {
      let text = '';
      while (!ended && text.length < CHUNK_CHARACTERS) {
        const { done, value } = await iterator.next();
        ended = done === true;
        text += ended ? '' : value;
      }
      return text === '' ? { done: true, value: undefined } : { done: false, value: encoder.encode(text) };
    },
    return: async () => {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
  });
}

/** Streams joined to one; each is asked for when the one before has ended. */
export function joinedStream(next: readonly (() => Promise<ReadableStream<Uint8Array>>)[]): ReadableStream<Uint8Array> {
  return streamOfPieces(
    (async function* () {
      for (const open of next) {
        yield await open();
      }
    })(),
  );
}

/** Answers with a body; for HEAD the body is let go at once, and nothing it holds stays open. */
export async function respond(
  c: RequestContext,
  body: BodyPiece | string,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  if (c.req.method === 'HEAD') {
    if (body instanceof ReadableStream) {
      await body.cancel();
    }
    return c.body(null, 200, { ...headers });
  }
  if (typeof body === 'string') {
    return c.body(body, 200, { ...headers });
  }
  const length = body instanceof Uint8Array ? { 'content-length': String(body.length) } : {};
  return c.body(streamOfPieces([body]), 200, { ...headers, ...length });
}

/**
 * Kept by the browser, but asked for again each time: who may see an image can change at any moment, and workstations are
 * shared. The entity tag makes the second time cheap.
 */
export const REVALIDATE = 'private, no-cache';

/** A strong entity tag: the object's hash, and which form of it. */
export function entityTag(sha256: string, form: string): string {
  return `"${sha256.slice(0, 32)}-${form}"`;
}

/** An entity tag of a text that is there whole. */
export function entityTagOf(text: string): string {
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 32)}"`;
}

/** True when the client has this very representation already. RFC 9110 13.1.2. */
export function isKnown(c: RequestContext, tag: string): boolean {
  const known = c.req.header('if-none-match');
  return known !== undefined && (known.trim() === '*' || known.match(/"[^"]*"/g)?.includes(tag) === true);
}

/** `policy`: headers of the representation beside these; what the answer says, the cache keeps it with from now on. RFC 9111 3.2. */
export function notModified(c: RequestContext, tag: string, policy: Readonly<Record<string, string>> = {}): Response {
  return c.body(null, 304, { ...policy, etag: tag, 'cache-control': REVALIDATE });
}
