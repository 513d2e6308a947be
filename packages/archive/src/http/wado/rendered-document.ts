import { firstNumber, TAG } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader } from '../../core/model.ts';
import { chooseSingle, type Wish } from '../accept.ts';
import type { HttpContext, RequestContext } from '../context.ts';
import { entityTag, isKnown, notModified, REVALIDATE, respond } from '../respond.ts';
import { bulkOf } from './frame-bytes.ts';
import { OCTET_STREAM } from './media-types.ts';
import { reportAsHtml, reportAsText } from './report-text.ts';
import { answerVideoStream } from './video.ts';

/** What is shown comes from others: it runs nothing, and reaches nothing. */
const SAFELY = {
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'; base-uri 'none'; sandbox",
  'x-content-type-options': 'nosniff',
} as const;

/** A stored video as it is. PS3.18 8.7.4. */
export async function answerVideo(
  c: RequestContext,
  context: HttpContext,
  instance: InstanceHeader,
  asked: readonly Wish[],
  mediaType: string,
): Promise<Response> {
  const chosen = chooseSingle(asked, [mediaType]);
  return await answerVideoStream(c, context, instance, chosen);
}

/** Encapsulated Document Length. */
const DOCUMENT_LENGTH = '00420015';

/** The one kind of document that browsers show within bounds of their own. */
const PDF = 'application/pdf';

/**
 * What any other document comes with: whoever sent it chose its type, and as a page or a script of this origin it would act for whoever
 * opens it. It is saved, never shown.
 */
const SAVED = { ...SAFELY, 'content-type': OCTET_STREAM, 'content-disposition': 'attachment' } as const;

/** A document as it was put into the object: a PDF, mostly. PS3.3 A.45. */
export async function answerDocument(
  c: RequestContext,
  context: HttpContext,
  instance: InstanceHeader,
  asked: readonly Wish[],
  mediaType: string,
): Promise<Response> {
  chooseSingle(asked, [mediaType, OCTET_STREAM]);
  const own = mediaType === PDF ? { 'content-type': PDF, 'x-content-type-options': 'nosniff' } : SAVED;
  const etag = entityTag(instance.sha256, mediaType === PDF ? 'document' : 'saved');
  if (isKnown(c, etag)) {
    return notModified(c, etag, mediaType === PDF ? {} : SAFELY);
  }
  const attribute = instance.header[TAG.EncapsulatedDocument];
  const headers = { ...own, etag, 'cache-control': REVALIDATE, vary: 'accept' };
  // An odd length was filled up. PS3.3 C.24.2.
  const unfilled = firstNumber(instance.header, DOCUMENT_LENGTH) ?? Number.POSITIVE_INFINITY;
  if (attribute?.InlineBinary !== undefined) {
    return await respond(c, new Uint8Array(Buffer.from(attribute.InlineBinary, 'base64').subarray(0, unfilled)), headers);
  }
  if (attribute?.BulkDataURI === undefined) {
    throw new ArchiveError('not-acceptable', 'The document of this instance is empty.');
  }
  const { offset, length: filled } = bulkOf(instance, attribute.BulkDataURI);
  const length = Math.min(unfilled, filled);
  const body = await context.core.read(instance, { of: 'content', range: { offset, length } });
  return await respond(c, body, { ...headers, 'content-length': String(length) });
}

export const REPORTS = ['text/html', 'text/plain'] as const;

/** A report as text. PS3.18 table 8.7.4-1. */
export async function answerReport(
  c: RequestContext,
  instance: InstanceHeader,
  mediaType: (typeof REPORTS)[number],
): Promise<Response> {
  const etag = entityTag(instance.sha256, mediaType.slice('text/'.length));
  if (isKnown(c, etag)) {
    return notModified(c, etag, SAFELY);
  }
  const text = mediaType === 'text/html' ? reportAsHtml(instance.header) : reportAsText(instance.header);
  const headers = { 'content-type': `${mediaType}; charset=utf-8`, etag, 'cache-control': REVALIDATE, vary: 'accept', ...SAFELY };
  return await respond(c, new TextEncoder().encode(text), headers);
}
