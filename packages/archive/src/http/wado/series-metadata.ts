import { scopeOf } from '@filmless/access';
import { type BodyPiece, giveBack, streamOfOwned, streamOfPieces } from '@filmless/dicom';
import type { Target } from '../../core/model.ts';
import { instanceUrlOf, underRoot, withBulkDataUrls } from '../../core/series/header-text.ts';
import { isKept, type NamedSeries, type SeriesText, type TextForm } from '../../core/series/series-texts.ts';
import { unpackText } from '../../core/series/unpack-text.ts';
import { type Coding, chosenCoding } from '../content-coding.ts';
import { dicomWebRoot, type HttpContext, type RequestContext } from '../context.ts';
import { type DeflatedPart, deflatedPart, joinGzip, storedPart } from '../gzip-join.ts';
import { entityTag, isKnown, notModified, primed, REVALIDATE, respond } from '../respond.ts';
import { noteView } from './note-view.ts';

/** Texts up to here are unpacked whole; of longer ones the headers are read. */
const WHOLE_TEXT_BYTES = 8 * 1024 * 1024;
/** Text of headers gathered for one piece of an answer. */
const PIECE_CHARACTERS = 128 * 1024;

type Series = SeriesText | NamedSeries;

/** One answer: who asks for which series, and by which name they know this server. */
interface Asked {
  readonly c: RequestContext;
  readonly context: HttpContext;
  readonly root: string;
  readonly form: TextForm;
}

/**
 * Metadata of a series or a study as JSON. Where the text of a series is kept, it goes out as it is to who takes it compressed, and
 * unpacked to who does not; of others the headers are read one by one. PS3.18 10.4.1.1.2.
 */
export async function answerSeriesMetadata(
  c: RequestContext,
  context: HttpContext,
  target: Target,
  contentType: string,
): Promise<Response> {
  const isOne = target.seriesInstanceUid !== undefined;
  // NOTE: frames of zstd one behind the other are not read by every browser; parts of a gzip file are one file.
  const coding = chosenCoding(c, isOne ? ['zstd', 'gzip'] : ['gzip']);
  const form = coding === 'gzip' ? 'deflated' : 'zstd';
  const asked: Asked = { c, context, root: dicomWebRoot(c), form };
  const found = context.core.texts(target, form, scopeOf(c.get('subject')));
  const headers = { 'content-type': contentType, 'cache-control': REVALIDATE, vary: 'accept, accept-encoding' };
  if (!isOne) {
    return answerJoined(asked, await primed(found), coding, headers);
  }
  for await (const series of found) {
    return answerOne(asked, series, coding, headers);
  }
  throw new Error('there is a series, or an error that says there is none');
}

async function answerOne(
  asked: Asked,
  series: Series,
  coding: Coding | undefined,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  const { c, context, root } = asked;
  context.core.seriesWork.asked(root, isKept(series) ? series : undefined);
  if (!isKept(series)) {
    return answerJoined(asked, ReadableStream.from([series]), coding === 'gzip' ? coding : undefined, headers);
  }
  const etag = entityTag(series.sha256, `metadata-${rootName(root)}-${coding ?? 'plain'}`);
  if (isKnown(c, etag)) {
    return notModified(c, etag);
  }
  if (coding === 'zstd' && series.root === root) {
    noteView(c, context, series);
    return respond(c, series.bytes, { ...headers, etag, 'content-encoding': 'zstd' });
  }
  const other = coding === 'gzip' ? coding : undefined;
  return answerJoined(asked, ReadableStream.from([series]), other, { ...headers, etag });
}

/** A root within an entity tag. */
function rootName(root: string): string {
  return Buffer.from(root).toString('base64url').slice(-32);
}

function answerJoined(
  asked: Asked,
  series: AsyncIterable<Series>,
  coding: 'gzip' | undefined | Coding,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  return coding === 'gzip'
    ? respond(asked.c, streamOfPieces(joinGzip(gzipParts(asked, series))), { ...headers, 'content-encoding': 'gzip' })
    : respond(asked.c, streamOfPieces(plainPieces(asked, series)), headers);
}

async function* gzipParts(asked: Asked, all: AsyncIterable<Series>): AsyncGenerator<DeflatedPart, void, void> {
  let before = '[';
  for await (const series of viewed(asked, all)) {
    yield storedPart(before);
    before = ',';
    if (isKept(series) && series.root === asked.root) {
      yield { deflated: series.bytes, crc32: series.crc32, textBytes: series.textBytes };
      continue;
    }
    for await (const text of textPieces(asked, series)) {
      yield await deflatedPart(text);
    }
  }
  yield storedPart(before === '[' ? '[]' : ']');
}

async function* plainPieces(asked: Asked, all: AsyncIterable<Series>): AsyncGenerator<BodyPiece, void, void> {
  let before = '[';
  for await (const series of viewed(asked, all)) {
    const text = isKept(series) && series.root === asked.root ? await wholeText(asked, series) : undefined;
    if (text === undefined) {
      yield* piecesBehind(before, textPieces(asked, series));
    } else {
      yield Buffer.from(before);
      yield streamOfOwned(text);
    }
    before = ',';
  }
  yield Buffer.from(before === '[' ? '[]' : ']');
}

async function wholeText({ form }: Asked, series: SeriesText): Promise<Buffer<ArrayBuffer> | undefined> {
  return series.textBytes <= WHOLE_TEXT_BYTES ? await unpackText(series, form) : undefined;
}

async function* piecesBehind(first: string, texts: AsyncIterable<string>): AsyncGenerator<BodyPiece, void, void> {
  let before = first;
  for await (const text of texts) {
    yield streamOfOwned(Buffer.from(before + text));
    before = '';
  }
}

/** Notes the first one in the audit trail: all are of one study. */
async function* viewed({ c, context }: Asked, all: AsyncIterable<Series>): AsyncGenerator<Series, void, void> {
  let isFirst = true;
  for await (const series of all) {
    if (isFirst) {
      noteView(c, context, series);
      isFirst = false;
    }
    yield series;
  }
}

/** The text of a series between its brackets, under the root it is asked for. */
async function* textPieces(asked: Asked, series: Series): AsyncGenerator<string, void, void> {
  const { c, context, root } = asked;
  const kept = isKept(series) ? await wholeText(asked, series) : undefined;
  if (kept !== undefined && isKept(series)) {
    const text = kept.toString();
    giveBack(kept);
    yield underRoot(text, series.root, root);
    return;
  }
  const { studyInstanceUid, seriesInstanceUid } = series;
  let text = '';
  let before = '';
  for await (const header of context.core.headerTexts({ studyInstanceUid, seriesInstanceUid }, scopeOf(c.get('subject')))) {
    text += before + withBulkDataUrls(header.text, instanceUrlOf(root, header));
    before = ',';
    if (text.length >= PIECE_CHARACTERS) {
      yield text;
      text = '';
    }
  }
  yield text;
}
