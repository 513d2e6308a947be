import {
  type Attribute,
  type DataSet,
  readFileMeta,
  recodeDataSet,
  streamOfPieces,
  TAG,
  type TransferSyntax,
  texts,
  toBigEndian,
  transferSyntax,
  writeDataSet,
  writeFileMeta,
} from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader } from '../../core/model.ts';
import type { TargetCoding } from '../../core/ports.ts';
import type { HttpContext } from '../context.ts';
import { derivedFrom } from './derived-instance.ts';
import { pixelBulk, pixelTagOf, type RecodedPixels, recodePixels } from './transcode-pixels.ts';
import { losesInformation } from './transfer-forms.ts';

/** Attributes before Pixel Data are recoded in memory; at ingest no more were read. */
const MAX_HEADER_BYTES = 64 * 1024 * 1024;
/** File meta information that this product writes is shorter. */
const MAX_META_BYTES = 4096;
/** They describe fragments that are no more. PS3.3 C.7.6.3.1.8. */
const OF_FRAGMENTS: ReadonlySet<string> = new Set(['7FE00001', '7FE00002', '7FE00003']);

/**
 * An object as a Part 10 file in another transfer syntax, frame by frame. What is not of its pixels keeps the bytes of its values. It
 * remains the same SOP instance where nothing is lost, and is another one, derived from it, where something is. PS3.5 10, A.4; PS3.3
 * C.12.4.1, C.7.6.1.1.5.
 * @throws ArchiveError `cannot-decode`, `not-acceptable` where it does not fit the transfer syntax
 */
export async function transcode(
  context: HttpContext,
  instance: InstanceHeader,
  transferSyntaxUid: string,
  coding: TargetCoding,
): Promise<ReadableStream<Uint8Array>> {
  const target = transferSyntax(transferSyntaxUid);
  const pixels = await recodePixels(context, instance, coding, target);
  const derived =
    pixels !== undefined && losesInformation(coding) ? derivedFrom(instance, transferSyntaxUid, coding, pixels.ratio) : undefined;
  const meta = writeFileMeta({
    mediaStorageSopClassUid: instance.sopClassUid,
    mediaStorageSopInstanceUid: derived?.sopInstanceUid ?? instance.sopInstanceUid,
    transferSyntaxUid,
  });
  const dataSet = streamOfPieces(dataSetPieces(context, instance, target, pixels, derived?.attributes ?? {}));
  return streamOfPieces([meta, target.deflated ? dataSet.pipeThrough(deflate()) : dataSet]);
}

/** PS3.5 A.5. */
function deflate(): ReadableWritablePair<Uint8Array, Uint8Array> {
  const { readable, writable } = new CompressionStream('deflate-raw');
  return { readable, writable };
}

async function* dataSetPieces(
  context: HttpContext,
  instance: InstanceHeader,
  target: TransferSyntax,
  pixels: RecodedPixels | undefined,
  derived: DataSet,
): AsyncGenerator<Uint8Array | ReadableStream<Uint8Array>, void, void> {
  const stored = transferSyntax(instance.transferSyntaxUid);
  const replace = { ...pixels?.attributes, ...lossyHistory(stored, instance.header), ...derived };
  // An icon in fragments is in the transfer syntax of the whole object: of another coding it would be noise. PS3.5 A.4.
  const to = { ...target, encapsulated: target.encapsulated && target.coding === stored.coding };
  const characterSets = texts(instance.header, TAG.SpecificCharacterSet);
  yield* recodeDataSet(await headerBytes(context, instance), {
    from: stored,
    to,
    replace,
    omit: OF_FRAGMENTS,
    characterSets,
  });
  if (pixels !== undefined) {
    yield* pixels.pieces();
    yield await trailer(context, instance, target);
  }
}

/** Lossy by its transfer syntax, whether or not it says so; what was lost does not come back. PS3.3 C.7.6.1.1.5. */
function lossyHistory(stored: TransferSyntax, header: DataSet): DataSet {
  const dct = stored.coding === 'jpeg-baseline' || stored.coding === 'jpeg-extended' || stored.coding === 'jpeg-retired';
  if (!dct || !stored.lossy) {
    return {};
  }
  const lossy: Attribute = { vr: 'CS', Value: ['01'] };
  const method: Attribute = { vr: 'CS', Value: ['ISO_10918_1'] };
  return { '00282110': lossy, ...(header['00282114']?.Value === undefined ? { '00282114': method } : {}) };
}

/** The data set up to the value of Pixel Data; without one, all of it. */
async function headerBytes(context: HttpContext, instance: InstanceHeader): Promise<Uint8Array> {
  const start = await dataSetOffset(context, instance);
  const end = pixelBulk(instance)?.offset;
  if (end !== undefined) {
    return await context.core.readRanges(instance, [{ offset: start, length: end - start }]);
  }
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of await context.core.read(instance, { of: 'content' })) {
    // NOTE: a copy, because what is read may lie in memory that is read into again.
    parts.push(new Uint8Array(part));
    length += part.length;
    if (length > start + MAX_HEADER_BYTES) {
      throw new ArchiveError('not-acceptable', 'The instance is too long for that, and available only as it is stored.');
    }
  }
  return Buffer.concat(parts, length).subarray(start);
}

/** Where the data set begins in the content, which for a deflated object is another file. */
async function dataSetOffset(context: HttpContext, instance: InstanceHeader): Promise<number> {
  if (instance.inflatedKey === null) {
    return instance.dataSetOffset;
  }
  const range = { offset: 0, length: MAX_META_BYTES };
  const reader = (await context.core.read(instance, { of: 'content', range })).getReader();
  const parts: Uint8Array[] = [];
  for (let next = await reader.read(); next.value !== undefined; next = await reader.read()) {
    parts.push(new Uint8Array(next.value));
  }
  return readFileMeta(Buffer.concat(parts)).dataSetOffset;
}

/** What follows Pixel Data: signatures and padding. */
async function trailer(context: HttpContext, instance: InstanceHeader, target: TransferSyntax): Promise<Uint8Array> {
  const tag = pixelTagOf(instance.header) ?? '';
  const behind = Object.entries(instance.header).filter(([key]) => key > tag);
  const values = new Map<string, Uint8Array>();
  for (const { path, offset, length } of instance.bulk) {
    const name = path.replace(/^bulkdata\//, '');
    if (name > tag) {
      values.set(`bulkdata/${name}`, await context.core.readRanges(instance, [{ offset, length }]));
    }
  }
  const bytes = writeDataSet(Object.fromEntries(behind), { explicitVr: target.explicitVr, bulkData: (uri) => values.get(uri) });
  return target.littleEndian ? bytes : toBigEndian(bytes);
}
