import { problem } from '@filmless/access';
import { type BodyPiece, type ByteRange, streamOfPieces } from '@filmless/dicom';
import type { RequestContext } from './context.ts';

/** A representation that can be given in part. */
export interface RangedBody {
  /** All of its bytes. */
  readonly length: number;
  /** These of them, or all; the range lies within them. */
  read(range?: ByteRange): Promise<BodyPiece>;
}

/** Bytes that are there. */
export function inMemory(bytes: Uint8Array): RangedBody {
  return {
    length: bytes.byteLength,
    read: (range) => Promise.resolve(range === undefined ? bytes : bytes.subarray(range.offset, range.offset + range.length)),
  };
}

/** One range of bytes; what it leaves out is the beginning or the end. RFC 9110 14.1.2. */
const ONE_RANGE = /^\s*bytes\s*=\s*(\d{0,15})\s*-\s*(\d{0,15})\s*$/i;

/**
 * The part of a representation that a Range header asks for. Undefined is all of it: for no header, one that cannot be read, another
 * unit, and several ranges at once, which a server may leave aside (RFC 9110 14.2). `none` is a range behind its end.
 */
export function rangeIn(header: string | undefined, length: number): ByteRange | 'none' | undefined {
  const [, first = '', last = ''] = ONE_RANGE.exec(header ?? '') ?? [];
  if (first === '' && last === '') {
    return undefined;
  }
  if (first === '') {
    const bytes = Math.min(Number(last), length);
    return bytes === 0 ? 'none' : { offset: length - bytes, length: bytes };
  }
  const offset = Number(first);
  const end = last === '' ? length : Math.min(Number(last) + 1, length);
  if (last !== '' && Number(last) < offset) {
    return undefined;
  }
  return offset >= length ? 'none' : { offset, length: end - offset };
}

/** Whether a range still means the representation the client has a part of; a date never does here. RFC 9110 13.1.5. */
function isSame(c: RequestContext, etag: string | undefined): boolean {
  const known = c.req.header('if-range')?.trim();
  return known === undefined || (etag !== undefined && known === etag);
}

/** Answers with a representation, or the part of it that the client asks for. RFC 9110 14, 15.3.7. */
export async function respondRanged(
  c: RequestContext,
  body: RangedBody,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const offered = { ...headers, 'accept-ranges': 'bytes' };
  if (c.req.method === 'HEAD') {
    return c.body(null, 200, { ...offered, 'content-length': String(body.length) });
  }
  const range = isSame(c, headers.etag) ? rangeIn(c.req.header('range'), body.length) : undefined;
  if (range === 'none') {
    const detail = `The range lies behind the end: there are ${body.length} bytes.`;
    return problem(c, 416, 'Range not satisfiable', detail, { 'content-range': `bytes */${body.length}` });
  }
  const bytes = await body.read(range);
  const partly: Readonly<Record<string, string>> =
    range === undefined ? {} : { 'content-range': `bytes ${range.offset}-${range.offset + range.length - 1}/${body.length}` };
  const length = String(range?.length ?? body.length);
  return c.body(streamOfPieces([bytes]), range === undefined ? 200 : 206, { ...offered, ...partly, 'content-length': length });
}
