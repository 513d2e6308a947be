import { pipeline, Readable, type Transform } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { constants, createBrotliCompress, createGzip, createZstdCompress } from 'node:zlib';
import type { AppEnv } from '@filmless/access';
import { streamOfPieces } from '@filmless/dicom';
import type { Context, MiddlewareHandler } from 'hono';
import { SERVER_LIMITS } from '../limits.ts';
import { acceptedCoding } from './content-coding.ts';

/** Text that shrinks to a tenth. Pixels and packed metadata come compressed already, events must not wait. */
const COMPRESSIBLE = /^application\/(?:json|(?:[\w.-]+\+)?(?:json|xml))\s*(?:;|$)/i;

/** Ways of coding, the cheapest for the same size first. RFC 8878, 7932, 1952. Windows of 1 MiB bound what each takes. */
const CODERS = {
  zstd: () => createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_windowLog]: 20 } }),
  br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_LGWIN]: 20 } }),
  gzip: () => createGzip({ level: 6 }),
} as const satisfies Readonly<Record<string, () => Transform>>;

const CODINGS = ['zstd', 'br', 'gzip'] as const satisfies readonly (keyof typeof CODERS)[];

/**
 * Answers about accounts: they hold secrets, or stand where one is shown once. A secret next to something that an attacker can put
 * into the same answer can be guessed from the answer's length (BREACH), so these go out as they are.
 */
const SECRETS = /^\/api\/(?:session|setup|tokens|users)(?:\/|$)/;

/**
 * Compresses JSON and XML answers, as they are written, when the client takes that. It leaves alone what has a coding already, parts of something,
 * and answers to requests that another site made the browser send: that site may see lengths, and nothing else (BREACH).
 */
export function compressedJson(): MiddlewareHandler<AppEnv> {
  let underWay = 0;
  return async (c, next) => {
    await next();
    if (!isCompressible(c)) {
      return;
    }
    c.res.headers.append('vary', 'accept-encoding');
    const coding = acceptedCoding(c.req.header('accept-encoding') ?? '', CODINGS);
    const { body } = c.res;
    if (coding === undefined || body === null || underWay >= SERVER_LIMITS.compressions) {
      return;
    }
    underWay += 1;
    const coded = coder(body, CODERS[coding](), () => {
      underWay -= 1;
    });
    c.res = new Response(coded, c.res);
    const { headers } = c.res;
    headers.delete('content-length');
    headers.set('content-encoding', coding);
    const tag = headers.get('etag');
    if (tag !== null && !tag.startsWith('W/')) {
      // The same, but not byte for byte. RFC 9110 8.8.3.
      headers.set('etag', `W/${tag}`);
    }
  };
}

function isCompressible(c: Context<AppEnv>): boolean {
  const { status, headers } = c.res;
  const length = headers.get('content-length');
  return (
    c.req.method !== 'HEAD' &&
    status !== 206 &&
    COMPRESSIBLE.test(headers.get('content-type') ?? '') &&
    !headers.has('content-encoding') &&
    !headers.has('set-cookie') &&
    !/\bno-transform\b/.test(headers.get('cache-control') ?? '') &&
    (length === null || Number(length) >= SERVER_LIMITS.compressFrom) &&
    !SECRETS.test(c.req.path) &&
    isOwn(c.req.header('sec-fetch-site'))
  );
}

/** Browsers tell who made them ask; programs, and a person who types the address, have no site. Fetch Metadata 2.3. */
function isOwn(site: string | undefined): boolean {
  return site === undefined || site === 'same-origin' || site === 'none';
}

/** A body through a coder. Whoever reads it no more ends both; a body that fails fails here too. */
function coder(body: ReadableStream<Uint8Array>, transform: Transform, ended: () => void): ReadableStream<Uint8Array> {
  const source = Readable.fromWeb(nodeStream(body));
  // Its failure is that of the stream it ends in, which is read.
  pipeline(source, transform, ended);
  const pieces: AsyncIterator<Uint8Array> = transform[Symbol.asyncIterator]();
  return streamOfPieces({
    next: () => pieces.next(),
    // NOTE: an iterator that was never asked ends nothing when it returns.
    return: () => {
      transform.destroy();
      return Promise.resolve({ done: true, value: undefined });
    },
  });
}

/** NOTE: Node's declaration of a web stream is another than that of the web. */
function nodeStream(stream: ReadableStream<Uint8Array>): NodeReadableStream<Uint8Array> {
  return stream as NodeReadableStream<Uint8Array>;
}
