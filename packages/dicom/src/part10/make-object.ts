import { firstText } from '../dataset/accessors.ts';
import type { DataSet, TagKey } from '../dataset/model.ts';
import { pixelDataEnd, pixelDataHeader } from '../dataset/pixel-data-header.ts';
import { writeDataSet } from '../dataset/write.ts';
import { elementHeader } from '../dataset/write-element.ts';
import { DicomError } from '../errors.ts';
import { writeFileMeta } from './write-file-meta.ts';

/** A value of the outermost data set that is too long to be held: it flows through. */
export interface BulkPart {
  readonly tag: TagKey;
  readonly vr: 'OB' | 'OW';
  /** Bytes of the value; undefined for fragments, as `fragmentPieces` gives them. */
  readonly length: number | undefined;
  readonly pieces: AsyncIterable<Uint8Array>;
}

export interface ObjectParts {
  /** Explicit VR Little Endian, or one of the encapsulated ones. */
  readonly transferSyntaxUid: string;
  readonly bulk?: readonly BulkPart[];
}

/** One frame's coded bytes, of known length. */
export interface CodedFrame {
  readonly length: number;
  readonly pieces: AsyncIterable<Uint8Array>;
}

/** A length of 32 bits, the greatest of which has another meaning. PS3.5 7.1.1. */
const MAX_LENGTH = 0xfffffffe;
const CHARACTER_SET: TagKey = '00080005';
const ITEM: TagKey = 'FFFEE000';

/**
 * A whole Part 10 file made from attributes and long values, piece by piece: preamble, file meta information, and the data set in Explicit
 * VR Little Endian with its texts in UTF-8. PS3.10 7.1, PS3.5 7.1.
 * @throws DicomError `missing-attribute` without SOP Class or Instance UID, `invalid-value` for an attribute that cannot be written, or a value
 * whose pieces are not as long as was said
 */
export async function* objectPieces(given: DataSet, { transferSyntaxUid, bulk = [] }: ObjectParts): AsyncGenerator<Uint8Array> {
  const dataSet: DataSet = { ...given, [CHARACTER_SET]: { vr: 'CS', Value: ['ISO_IR 192'] } };
  yield writeFileMeta({
    mediaStorageSopClassUid: needed(dataSet, '00080016'),
    mediaStorageSopInstanceUid: needed(dataSet, '00080018'),
    transferSyntaxUid,
  });
  const tags = Object.keys(dataSet).sort();
  let from = '';
  for (const part of bulk.toSorted((a, b) => (a.tag < b.tag ? -1 : 1))) {
    yield written(
      dataSet,
      tags.filter((tag) => tag >= from && tag < part.tag),
    );
    yield* valuePieces(part);
    from = `${part.tag}~`;
  }
  yield written(
    dataSet,
    tags.filter((tag) => tag >= from),
  );
}

function needed(dataSet: DataSet, tag: TagKey): string {
  const uid = firstText(dataSet, tag);
  if (uid === undefined || uid === '') {
    throw new DicomError('missing-attribute', `(${tag.slice(0, 4)},${tag.slice(4)}) is missing`);
  }
  return uid;
}

function written(dataSet: DataSet, tags: readonly TagKey[]): Uint8Array {
  const chosen = Object.fromEntries(tags.flatMap((tag) => (dataSet[tag] === undefined ? [] : [[tag, dataSet[tag]]])));
  return writeDataSet(chosen, { explicitVr: true, characterSets: ['ISO_IR 192'] });
}

async function* valuePieces({ tag, vr, length, pieces }: BulkPart): AsyncGenerator<Uint8Array> {
  if (length === undefined) {
    yield pixelDataHeader(tag, 'OB', undefined, true);
    yield* pieces;
    yield pixelDataEnd();
    return;
  }
  yield pixelDataHeader(tag, vr, even(checked(length)), true);
  yield* exactly(pieces, length);
}

/** Fragments of Pixel Data, one a frame, behind a Basic Offset Table where all of it can be counted in 32 bits. PS3.5 A.4. */
export async function* fragmentPieces(frames: readonly CodedFrame[]): AsyncGenerator<Uint8Array> {
  yield offsetTable(frames);
  for (const { length, pieces } of frames) {
    yield elementHeader(ITEM, 'UN', even(checked(length)), true);
    yield* exactly(pieces, length);
  }
}

function offsetTable(frames: readonly CodedFrame[]): Uint8Array {
  const total = frames.reduce((sum, { length }) => sum + 8 + even(length), 0);
  const entries = frames.length < 2 || total > MAX_LENGTH ? [] : frames;
  const table = new Uint8Array(8 + 4 * entries.length);
  table.set(elementHeader(ITEM, 'UN', 4 * entries.length, true));
  const view = new DataView(table.buffer);
  let offset = 0;
  for (const [index, { length }] of entries.entries()) {
    view.setUint32(8 + 4 * index, offset, true);
    offset += 8 + even(length);
  }
  return table;
}

function checked(length: number): number {
  if (!Number.isSafeInteger(length) || length < 0 || even(length) > MAX_LENGTH) {
    throw new DicomError('limit-exceeded', `a value of ${length} bytes: at most 4 GiB can be written as one`);
  }
  return length;
}

function even(length: number): number {
  return length + (length % 2);
}

/** The pieces, padded to an even length by a zero. PS3.5 6.2. @throws DicomError when they are more or fewer */
async function* exactly(pieces: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array> {
  let left = length;
  for await (const piece of pieces) {
    left -= piece.byteLength;
    if (left < 0) {
      break;
    }
    yield piece;
  }
  if (left !== 0) {
    throw new DicomError('invalid-value', `a value has ${left < 0 ? 'more' : 'fewer'} bytes than the ${length} that were said`);
  }
  if (length % 2 === 1) {
    yield new Uint8Array(1);
  }
}
