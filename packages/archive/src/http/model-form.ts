import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { type DataSet, formatContentType, newBoundary, type OutgoingPart, streamOfPieces, writeMultipart } from '@filmless/dicom';
import { ArchiveError } from '../core/errors.ts';
import { covers, type Wish } from './accept.ts';
import type { RequestContext } from './context.ts';
import { nativeXml } from './native-xml.ts';
import { isKnown, REVALIDATE, respond, textStream } from './respond.ts';

const XML = 'application/dicom+xml';
const JSON_TYPES = ['application/dicom+json', 'application/json'] as const;
/** More are written as they are taken: the time of one piece must not be felt by others. */
const WRITTEN_AT_ONCE = 100;

/** How data sets are written: as one JSON list, or as XML documents. PS3.18 8.7.3.2. */
export interface ModelForm {
  readonly kind: 'json' | 'xml';
  readonly contentType: string;
}

/**
 * The form of a list of data sets the client wants first: JSON in one body, XML in parts.
 * @throws ArchiveError `not-acceptable`
 */
export function chooseListForm(asked: readonly Wish[]): ModelForm {
  for (const { container, type } of asked) {
    const json = container === 'multipart' ? undefined : JSON_TYPES.find((one) => covers(type, one));
    if (json !== undefined) {
      return { kind: 'json', contentType: json };
    }
    if (container === 'multipart' && covers(type, XML)) {
      return { kind: 'xml', contentType: XML };
    }
  }
  throw new ArchiveError('not-acceptable', `This is available as ${JSON_TYPES[0]} and as multipart/related; type="${XML}".`);
}

/** Answers with data sets that are there, or that the client has this very list already. RFC 9110 13.1.2. */
export async function respondWithAll(
  c: RequestContext,
  dataSets: readonly DataSet[],
  form: ModelForm,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const pieces = await Array.fromAsync(jsonPortions(dataSets));
  const hash = createHash('sha256').update(JSON.stringify([form.contentType, headers]));
  for (const piece of pieces) {
    hash.update(piece);
  }
  const tag = `"${hash.digest('base64url').slice(0, 32)}"`;
  const whole = { ...headers, 'cache-control': REVALIDATE, etag: `W/${tag}` };
  if (isKnown(c, tag)) {
    return c.body(null, 304, whole);
  }
  if (form.kind === 'xml') {
    return await respondWithList(c, ReadableStream.from(dataSets), form, whole);
  }
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const all = { ...whole, 'content-type': form.contentType, 'content-length': String(length) };
  return await respond(c, streamOfPieces(pieces), all);
}

/** Bytes of a JSON list; others have their turn between two portions. */
async function* jsonPortions(dataSets: readonly DataSet[]): AsyncGenerator<Uint8Array, void, void> {
  for (let from = 0; from < dataSets.length; from += WRITTEN_AT_ONCE) {
    if (from > 0) {
      await setImmediate();
    }
    const inner = JSON.stringify(dataSets.slice(from, from + WRITTEN_AT_ONCE)).slice(1, -1);
    yield Buffer.from(`${from === 0 ? '[' : ','}${inner}`);
  }
  yield Buffer.from(dataSets.length === 0 ? '[]' : ']');
}

/** Answers with data sets as they come. */
export function respondWithList(
  c: RequestContext,
  dataSets: AsyncIterable<DataSet>,
  form: ModelForm,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  if (form.kind === 'json') {
    return respond(c, textStream(jsonList(dataSets)), { ...headers, 'content-type': form.contentType });
  }
  const boundary = newBoundary();
  const contentType = formatContentType('multipart/related', { type: form.contentType, boundary });
  return respond(c, writeMultipart(xmlParts(dataSets), boundary), { ...headers, 'content-type': contentType });
}

async function* jsonList(dataSets: AsyncIterable<DataSet>): AsyncGenerator<string, void, void> {
  let before = '[';
  for await (const dataSet of dataSets) {
    yield `${before}${JSON.stringify(dataSet)}`;
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

async function* xmlParts(dataSets: AsyncIterable<DataSet>): AsyncGenerator<OutgoingPart, void, void> {
  const encoder = new TextEncoder();
  for await (const dataSet of dataSets) {
    yield { headers: { 'content-type': XML }, body: encoder.encode(nativeXml(dataSet)) };
  }
}

/**
 * The form of a single data set, which is no list of one: the answer to Store Instances. PS3.18 10.5.3.
 * @throws ArchiveError `not-acceptable`
 */
export function chooseSingleForm(asked: readonly Wish[]): ModelForm {
  for (const { container, type } of asked) {
    const found = container === 'multipart' ? undefined : [...JSON_TYPES, XML].find((one) => covers(type, one));
    if (found !== undefined) {
      return { kind: found === XML ? 'xml' : 'json', contentType: found };
    }
  }
  throw new ArchiveError('not-acceptable', `The answer is available as ${JSON_TYPES[0]} and ${XML}.`);
}

export function writeSingle(dataSet: DataSet, form: ModelForm): string {
  return form.kind === 'xml' ? nativeXml(dataSet) : JSON.stringify(dataSet);
}
