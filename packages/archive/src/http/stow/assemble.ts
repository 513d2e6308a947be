import {
  type Attribute,
  type BulkPart,
  type CodedFrame,
  type DataSet,
  DicomError,
  EXPLICIT_VR_LITTLE_ENDIAN,
  firstNumber,
  firstText,
  fragmentPieces,
  itemsOf,
  type MutableDataSet,
  objectPieces,
  type TagKey,
} from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import { type BulkBytes, type BulkParts, piecesOf } from './bulk-parts.ts';
import { type CodedPixels, isCoded, readCodedPixels } from './coded-pixels.ts';
import { pixelAttributes } from './pixel-attributes.ts';

const PIXEL_DATA = '7FE00010';
const ENCAPSULATED_DOCUMENT = '00420011';
/** Longer values of the outermost data set flow through; all others of one instance are held, together so many bytes. */
const MAX_HELD_BYTES = 32 * 1024 * 1024;
const FLOWING: ReadonlySet<string> = new Set(['OB', 'OW', 'UN']);

/**
 * Makes an object of an instance's metadata and the bulk data it refers to, piece by piece. PS3.18 10.5.1.4, 10.5.2.
 * @throws DicomError, ArchiveError `invalid-request`, for an instance of which no object can be made
 */
export async function assemble(metadata: DataSet, parts: BulkParts): Promise<AsyncIterable<Uint8Array>> {
  const held = { bytes: 0 };
  const dataSet: MutableDataSet = {};
  const bulk: BulkPart[] = [];
  let transferSyntaxUid = EXPLICIT_VR_LITTLE_ENDIAN;
  for (const [tag, attribute] of Object.entries(metadata)) {
    if (tag.startsWith('0002')) {
      continue;
    }
    const uri = attribute.BulkDataURI;
    const found = uri === undefined || (tag !== PIXEL_DATA && !FLOWING.has(attribute.vr)) ? [] : foundParts(parts, tag, uri);
    const [first] = found;
    if (first === undefined) {
      dataSet[tag] = await withBytes(tag, attribute, parts, held);
    } else if (tag === PIXEL_DATA && isCoded(first)) {
      const coded = await codedPixels(metadata, found, first);
      transferSyntaxUid = coded.transferSyntaxUid;
      Object.assign(dataSet, coded.attributes);
      bulk.push(coded.part);
    } else {
      bulk.push(plainPart(tag, attribute, found));
    }
  }
  Object.assign(dataSet, documentAttributes(metadata, parts));
  return objectPieces(withoutEmptied(dataSet, bulk), { transferSyntaxUid, bulk });
}

function foundParts(parts: BulkParts, tag: TagKey, uri: string): readonly BulkBytes[] {
  const found = parts.use(uri);
  if (found.length === 0) {
    throw new DicomError(
      'invalid-value',
      `the bytes of ${tag} are not in the request: no part has the Content-Location ${JSON.stringify(uri.slice(0, 200))}`,
    );
  }
  return found;
}

/** A value that is written as it came. */
function plainPart(tag: TagKey, { vr }: Attribute, found: readonly BulkBytes[]): BulkPart {
  const length = found.reduce((sum, { source }) => sum + source.size, 0);
  return {
    tag,
    vr: vr === 'OW' ? 'OW' : 'OB',
    length,
    pieces: joined(found),
  };
}

async function* joined(found: readonly BulkBytes[]): AsyncGenerator<Uint8Array, void> {
  for (const { source } of found) {
    yield* piecesOf(source);
  }
}

/** Bytes in the place of a reference, in whatever depth. Each reference of a value that is held counts. */
async function withBytes(tag: TagKey, attribute: Attribute, parts: BulkParts, held: { bytes: number }): Promise<Attribute> {
  if (attribute.BulkDataURI !== undefined) {
    const found = foundParts(parts, tag, attribute.BulkDataURI);
    held.bytes += found.reduce((sum, { source }) => sum + source.size, 0);
    if (held.bytes > MAX_HELD_BYTES) {
      throw new ArchiveError('limit-exceeded', `${tag}: values within sequences may have ${MAX_HELD_BYTES} bytes together`);
    }
    const bytes = Buffer.concat(await Array.fromAsync(joined(found)));
    return bytes.length === 0 ? { vr: attribute.vr } : { vr: attribute.vr, InlineBinary: bytes.toString('base64') };
  }
  if (attribute.vr !== 'SQ') {
    return attribute;
  }
  const items: DataSet[] = [];
  for (const item of itemsOf(attribute)) {
    const filled: MutableDataSet = {};
    for (const [inner, value] of Object.entries(item)) {
      filled[inner] = await withBytes(inner, value, parts, held);
    }
    items.push(filled);
  }
  return { vr: 'SQ', Value: items };
}

interface Coded {
  readonly transferSyntaxUid: string;
  readonly attributes: DataSet;
  readonly part: BulkPart;
}

/** Each part is a frame, and a film is all of one. */
async function codedPixels(metadata: DataSet, found: readonly BulkBytes[], first: BulkBytes): Promise<Coded> {
  const facts = await readCodedPixels(first);
  const isRead = 'rows' in facts;
  const frames: CodedFrame[] = [];
  // One after the other: there may be thousands.
  for (const bytes of found) {
    const start = isRead ? await startOf(bytes, first, facts) : 0;
    frames.push({ length: bytes.source.size - start, pieces: piecesOf(bytes.source, start) });
  }
  const said = firstNumber(metadata, '00280008') ?? 1;
  if (isRead && facts.film === undefined && said !== frames.length && metadata['00280008'] !== undefined) {
    throw new DicomError('invalid-value', `Number of Frames is ${said}, and ${frames.length} frames came`);
  }
  return {
    transferSyntaxUid: facts.transferSyntaxUid,
    attributes: isRead ? pixelAttributes(metadata, facts, frames.length) : {},
    part: { tag: PIXEL_DATA, vr: 'OB', length: undefined, pieces: fragmentPieces(frames) },
  };
}

/** Where a frame's codestream begins. @throws DicomError for a frame that is coded otherwise than the first */
async function startOf(bytes: BulkBytes, first: BulkBytes, expected: CodedPixels): Promise<number> {
  if (bytes === first) {
    return expected.start;
  }
  const own = await readCodedPixels(bytes);
  if (
    !('rows' in own) ||
    own.transferSyntaxUid !== expected.transferSyntaxUid ||
    own.rows !== expected.rows ||
    own.columns !== expected.columns ||
    own.samplesPerPixel !== expected.samplesPerPixel ||
    own.precision !== expected.precision
  ) {
    throw new DicomError('invalid-value', 'the frames of one image differ in size, depth or coding');
  }
  return own.start;
}

/** What an encapsulated document needs beside its bytes. PS3.3 C.24.2. */
function documentAttributes(metadata: DataSet, parts: BulkParts): DataSet {
  const uri = metadata[ENCAPSULATED_DOCUMENT]?.BulkDataURI;
  const [document] = uri === undefined ? [] : parts.find(uri);
  if (document === undefined) {
    return {};
  }
  const said = firstText(metadata, '00420012') ?? '';
  return {
    ...(said === '' && document.type !== 'application/octet-stream' ? { '00420012': { vr: 'LO', Value: [document.type] } } : {}),
    '00420015': { vr: 'UL', Value: [document.source.size] },
  };
}

function withoutEmptied(dataSet: DataSet, bulk: readonly BulkPart[]): DataSet {
  const flowing = new Set(bulk.map(({ tag }) => tag));
  return Object.fromEntries(
    Object.entries(dataSet)
      .filter(([tag]) => !flowing.has(tag))
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}
