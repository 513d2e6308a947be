import {
  type ByteSource,
  bytesSource,
  type Coercion,
  type DataSet,
  DEFAULT_OBJECT_LIMITS,
  DicomError,
  EXPLICIT_VR_LITTLE_ENDIAN,
  type FileMeta,
  firstText,
  pixelDataHeader,
  type ReadResult,
  readDataSet,
  readFileMeta,
  readObject,
  recodeDataSet,
  replaceAttributes,
  TAG,
  type TagKey,
  type TransferSyntax,
  transferSyntax,
  writeFileMeta,
} from '@filmless/dicom';

/** What becomes of an object's attributes. */
export interface AttributeChange {
  readonly set: DataSet;
  readonly remove: ReadonlySet<TagKey>;
  readonly coercion: Coercion;
}

/** A data set that can be read anywhere. */
interface Content {
  readonly source: ByteSource;
  readonly offset: number;
  readonly syntax: TransferSyntax;
  readonly meta: Partial<FileMeta>;
}

interface Head extends ReadResult {
  readonly bytes: Uint8Array;
}

const FIRST_READ_BYTES = 16 * 1024;
const GROWTH = 8;
const META_BYTES = 64 * 1024;
const PIECE_BYTES = 1024 * 1024;

/**
 * An object with other attributes, piece by piece: everything else keeps its bytes, Pixel Data is never decoded. What is deflated or big
 * endian comes out in Explicit VR Little Endian, which loses nothing. PS3.5 A, PS3.10 7.1.
 * @param change is given the attributes before Pixel Data
 * @throws DicomError for what cannot be read; what `change` throws
 */
export async function* changedObject(
  source: ByteSource,
  change: (head: DataSet) => AttributeChange,
): AsyncGenerator<Uint8Array, void, void> {
  const content = await contentOf(source);
  const head = await readHead(content);
  const { set, remove, coercion } = change(head.dataSet);
  const { syntax, meta } = content;
  const to = syntax.littleEndian ? syntax : transferSyntax(EXPLICIT_VR_LITTLE_ENDIAN);
  const { sourceAeTitle } = meta;
  yield writeFileMeta({
    mediaStorageSopClassUid: firstText(head.dataSet, TAG.SOPClassUID) ?? '',
    mediaStorageSopInstanceUid: firstText(head.dataSet, TAG.SOPInstanceUID) ?? '',
    transferSyntaxUid: to.uid,
    ...(sourceAeTitle === undefined ? {} : { sourceAeTitle }),
  });
  yield* replaceAttributes(head, { from: syntax, to, set, omit: remove, coercion });
  yield* behindHead(content, head, to);
}

async function contentOf(source: ByteSource): Promise<Content> {
  const found = readFileMeta(await source.read(0, Math.min(META_BYTES, source.size)));
  const syntax = transferSyntax(found.meta.transferSyntaxUid);
  if (!syntax.deflated) {
    return { source, offset: found.dataSetOffset, syntax, meta: found.meta };
  }
  const { inflated } = await readObject(source, { fileMeta: found });
  if (inflated === undefined) {
    throw new DicomError('not-dicom', 'a deflated object could not be inflated');
  }
  const plain = transferSyntax(EXPLICIT_VR_LITTLE_ENDIAN);
  return { source: bytesSource(inflated.bytes), offset: inflated.dataSetOffset, syntax: plain, meta: found.meta };
}

async function readHead({ source, offset, syntax }: Content): Promise<Head> {
  const { maxHeaderBytes } = DEFAULT_OBJECT_LIMITS;
  for (let length = FIRST_READ_BYTES; ; length = Math.min(length * GROWTH, maxHeaderBytes)) {
    const bytes = await source.read(offset, Math.min(length, source.size - offset));
    const partial = offset + bytes.byteLength < source.size;
    try {
      const read = readDataSet(bytes, { transferSyntax: syntax, stopAtPixelData: true, partial });
      return { ...read, bytes: bytes.subarray(0, read.end) };
    } catch (error) {
      if (!partial || !(error instanceof DicomError) || error.code !== 'truncated') {
        throw error;
      }
      if (length === maxHeaderBytes) {
        throw new DicomError('limit-exceeded', `the attributes before Pixel Data take more than ${maxHeaderBytes} bytes`);
      }
    }
  }
}

/** Pixel Data and what stands behind it. */
async function* behindHead(
  { source, offset, syntax }: Content,
  { pixelData }: Head,
  to: TransferSyntax,
): AsyncGenerator<Uint8Array, void, void> {
  if (pixelData === undefined) {
    return;
  }
  const { tag, vr, length } = pixelData;
  const start = offset + pixelData.offset;
  yield pixelDataHeader(tag, vr, length, to.explicitVr);
  if (syntax.littleEndian || length === undefined) {
    yield* pieces(source, start, source.size);
    return;
  }
  for await (const piece of pieces(source, start, start + length)) {
    yield vr === 'OW' ? swappedWords(piece) : piece;
  }
  const trailer = await source.read(
    start + length,
    Math.min(source.size - start - length, DEFAULT_OBJECT_LIMITS.maxTrailerBytes),
  );
  yield* recodeDataSet(trailer, { from: syntax, to });
}

async function* pieces(source: ByteSource, from: number, end: number): AsyncGenerator<Uint8Array, void, void> {
  for (let offset = from; offset < end; offset += PIECE_BYTES) {
    const bytes = await source.read(offset, Math.min(PIECE_BYTES, end - offset));
    if (bytes.byteLength === 0) {
      return;
    }
    yield bytes;
  }
}

/** Words of 16 bits in the other byte order; a piece has an even length but for the last. PS3.5 7.3. */
function swappedWords(piece: Uint8Array): Uint8Array {
  // NOTE: no `slice`: that of a Buffer is the same memory.
  const copy = new Uint8Array(piece);
  for (let at = 0; at + 1 < copy.byteLength; at += 2) {
    copy[at] = piece[at + 1] ?? 0;
    copy[at + 1] = piece[at] ?? 0;
  }
  return copy;
}
