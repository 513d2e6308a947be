import { firstNumber, firstText } from '../dataset/accessors.ts';
import { fromBase64 } from '../dataset/base64.ts';
import type { DataSet } from '../dataset/model.ts';
import type { BulkLocation, PixelDataLocation } from '../dataset/read.ts';
import { DicomError } from '../errors.ts';
import { type FragmentLimits, scanFragments } from '../frames/fragments.ts';
import { type ExtendedOffsetTable, encapsulatedFrames, type FoundFrames } from '../frames/group-fragments.ts';
import { type ImageFacts, nativeFrames } from '../frames/native-frames.ts';
import type { TransferSyntax } from '../transfer-syntax.ts';
import type { ByteSource } from './byte-source.ts';

/** Pixel Data of an object, found without reading it. */
export interface FoundPixelData extends FoundFrames {
  /** Where its value lies, fragments with their item headers. */
  readonly location: BulkLocation;
  /** First byte behind it. */
  readonly end: number;
}

/** What was read of the object before its Pixel Data. */
export interface PixelDataContext {
  readonly source: ByteSource;
  readonly transferSyntax: TransferSyntax;
  readonly header: DataSet;
  /** Offsets in `source`. */
  readonly bulk: readonly BulkLocation[];
  readonly limits: FragmentLimits;
}

const ITEM_TAG = [0xfe, 0xff, 0x00, 0xe0];
const DELIMITATION_BYTES = 8;

/**
 * Finds the frames in Pixel Data at `pixelData`, whose offset counts in the source.
 * @throws DicomError `truncated` when the object ends before its Pixel Data does, `invalid-element`, `limit-exceeded`
 */
export async function findPixelData(context: PixelDataContext, pixelData: PixelDataLocation): Promise<FoundPixelData> {
  const { source, transferSyntax } = context;
  const { tag, vr, offset, length } = pixelData;
  if (length !== undefined && offset + length > source.size) {
    const available = source.size - offset;
    throw new DicomError('truncated', `Pixel Data should have ${length} bytes and has ${available}: the object is cut off`);
  }
  const facts = imageFacts(context.header);
  if (length === undefined || (transferSyntax.encapsulated && (await beginsWithItem(source, offset, length)))) {
    const scan = await scanFragments(source, offset, length === undefined ? undefined : offset + length, context.limits);
    const [only, second] = scan.fragments;
    const found =
      !transferSyntax.encapsulated && only !== undefined && second === undefined
        ? nativeFrames(facts.image, only.offset, only.length)
        : encapsulatedFrames(scan, transferSyntax.coding, facts.image.numberOfFrames, await extendedOffsetTable(context));
    const complete = length !== undefined || scan.warnings.length > 0 ? 0 : DELIMITATION_BYTES;
    const location = { path: tag, vr, offset, length: scan.end - complete - offset };
    return { table: found.table, warnings: [...facts.warnings, ...found.warnings], location, end: scan.end };
  }
  const location = { path: tag, vr, offset, length };
  const found = transferSyntax.encapsulated ? withoutFragments(offset, length) : nativeFrames(facts.image, offset, length);
  return { table: found.table, warnings: [...facts.warnings, ...found.warnings], location, end: offset + length };
}

async function beginsWithItem(source: ByteSource, offset: number, length: number): Promise<boolean> {
  const bytes = length < DELIMITATION_BYTES ? [] : await source.read(offset, ITEM_TAG.length);
  return ITEM_TAG.every((byte, i) => bytes[i] === byte);
}

/** A code stream put in bare: not what PS3.5 A.4 asks for, but one frame all the same. */
function withoutFragments(offset: number, length: number): FoundFrames {
  if (length === 0) {
    return { table: { kind: 'none', count: 0 }, warnings: ['Pixel Data is empty'] };
  }
  return {
    table: { kind: 'encapsulated', count: 1, frames: [[{ offset, length }]] },
    warnings: ['Pixel Data is not in fragments, against its transfer syntax'],
  };
}

function imageFacts(header: DataSet): { readonly image: ImageFacts; readonly warnings: readonly string[] } {
  const announced = header['00280008']?.Value === undefined ? 1 : firstNumber(header, '00280008');
  const valid = announced !== undefined && Number.isInteger(announced) && announced > 0;
  return {
    image: {
      rows: firstNumber(header, '00280010'),
      columns: firstNumber(header, '00280011'),
      samplesPerPixel: firstNumber(header, '00280002'),
      bitsAllocated: firstNumber(header, '00280100'),
      photometricInterpretation: firstText(header, '00280004'),
      numberOfFrames: valid ? announced : 1,
    },
    warnings: valid ? [] : ['Number of Frames (0028,0008) is not a positive number: taken as 1'],
  };
}

/** PS3.3 C.7.6.3.1.8; undefined where it is missing or cannot be right. */
async function extendedOffsetTable(context: PixelDataContext): Promise<ExtendedOffsetTable | undefined> {
  const [offsets, lengths] = await Promise.all([numbers64(context, '7FE00001'), numbers64(context, '7FE00002')]);
  return offsets === undefined || lengths?.length !== offsets.length ? undefined : { offsets, lengths };
}

async function numbers64(
  { source, header, bulk, limits }: PixelDataContext,
  tag: string,
): Promise<readonly number[] | undefined> {
  const inline = header[tag]?.InlineBinary;
  const far = bulk.find(({ path }) => path === tag);
  if (far !== undefined && far.length > limits.maxFragments * 8) {
    throw new DicomError('limit-exceeded', `the Extended Offset Table has more than ${limits.maxFragments} entries`);
  }
  const bytes =
    inline !== undefined ? fromBase64(inline) : far === undefined ? undefined : await source.read(far.offset, far.length);
  if (bytes === undefined) {
    return undefined;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(bytes.byteLength / 8) }, (_, i) => Number(view.getBigUint64(i * 8, true)));
}
