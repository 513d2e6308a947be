import { DEFAULT_READ_LIMITS, type ReadLimits } from '../dataset/limits.ts';
import type { DataSet, MutableDataSet } from '../dataset/model.ts';
import { type BulkLocation, type ReadResult, readDataSet } from '../dataset/read.ts';
import { DicomError } from '../errors.ts';
import { DEFAULT_FRAGMENT_LIMITS, type FragmentLimits } from '../frames/fragments.ts';
import type { FrameTable } from '../frames/model.ts';
import { EXPLICIT_VR_LITTLE_ENDIAN, type TransferSyntax, transferSyntax } from '../transfer-syntax.ts';
import { isUid } from '../uid.ts';
import { type ByteSource, bytesSource } from './byte-source.ts';
import type { FoundFileMeta } from './file-meta.ts';
import { type InflateLimits, inflate } from './inflate.ts';
import { findPixelData } from './pixel-data.ts';
import { readFileMeta } from './read-file-meta.ts';
import { writeFileMeta } from './write-file-meta.ts';

/** Bounds on what reading one object may cost. */
export interface ObjectLimits extends FragmentLimits, InflateLimits {
  /** Bytes before Pixel Data; read in steps that begin at 16 KiB. */
  readonly maxHeaderBytes: number;
  /** Bytes after Pixel Data that are still read for attributes. */
  readonly maxTrailerBytes: number;
  readonly read: ReadLimits;
}

const MIB = 1024 * 1024;

export const DEFAULT_OBJECT_LIMITS: ObjectLimits = {
  ...DEFAULT_FRAGMENT_LIMITS,
  maxHeaderBytes: 64 * MIB,
  maxTrailerBytes: 16 * MIB,
  maxInflatedBytes: 256 * MIB,
  maxInflateRatio: 250,
  read: DEFAULT_READ_LIMITS,
};

export interface ReadObjectOptions {
  readonly limits?: ObjectLimits;
  /** Binary values of more bytes are referred to by BulkDataURI; Pixel Data always is. */
  readonly bulkThreshold?: number;
  /** Its file meta information, where that was read before. */
  readonly fileMeta?: FoundFileMeta | undefined;
  /** Character set of its texts, whatever it names itself: a term as in (0008,0005), or a code page. */
  readonly characterSet?: string | undefined;
}

/** A deflated object, inflated: a whole Part 10 file in Explicit VR Little Endian. */
export interface InflatedObject {
  readonly bytes: Uint8Array;
  readonly dataSetOffset: number;
}

/** A stored object with everything but its bulk data. */
export interface ReadObject {
  readonly meta: FoundFileMeta['meta'];
  readonly transferSyntax: TransferSyntax;
  /** Where the data set begins in the source. */
  readonly dataSetOffset: number;
  /** The data set without group 0002. */
  readonly header: DataSet;
  /** Offsets count in the source or, where there is one, in the inflated object; so do those of `frames`. */
  readonly bulk: readonly BulkLocation[];
  readonly frames: FrameTable;
  /** Tolerated faults, in words. */
  readonly warnings: readonly string[];
  readonly inflated?: InflatedObject;
}

/** Most headers have 5 to 10 kB. */
const FIRST_READ_BYTES = 16 * 1024;
const GROWTH = 8;
const DEFAULT_BULK_THRESHOLD = 1024;
/** Stands in the meta of an inflated object whose own names none: readers go by the data set. */
const UNKNOWN_UID = '0';

/**
 * Reads file meta information and data set of an object, up to Pixel Data and behind it, and finds its frames. The object's
 * own identity is not asked for: see `inspectObject`.
 * @throws DicomError `not-dicom`, `invalid-meta`, `unknown-transfer-syntax`, `truncated`, `invalid-element`, `limit-exceeded`
 */
export async function readObject(source: ByteSource, options: ReadObjectOptions = {}): Promise<ReadObject> {
  const limits = options.limits ?? DEFAULT_OBJECT_LIMITS;
  const found = options.fileMeta ?? (await growing(source, 0, limits, (bytes) => readFileMeta(bytes)));
  const syntax = transferSyntax(found.meta.transferSyntaxUid);
  const inflated = syntax.deflated ? await inflateObject(source, found, limits) : undefined;
  const content = inflated === undefined ? source : bytesSource(inflated.bytes);
  const dataSet = await readAround(content, inflated?.dataSetOffset ?? found.dataSetOffset, syntax, options, limits);
  return {
    meta: found.meta,
    transferSyntax: syntax,
    dataSetOffset: found.dataSetOffset,
    ...dataSet,
    warnings: [...found.warnings, ...dataSet.warnings],
    ...(inflated === undefined ? {} : { inflated }),
  };
}

/** Reads more of the source until `parse` has enough of it. */
async function growing<T>(
  source: ByteSource,
  offset: number,
  limits: ObjectLimits,
  parse: (bytes: Uint8Array, partial: boolean) => T,
): Promise<T> {
  for (let length = FIRST_READ_BYTES; ; length *= GROWTH) {
    const most = Math.min(length, limits.maxHeaderBytes, source.size - offset);
    const bytes = await source.read(offset, most);
    const partial = offset + bytes.byteLength < source.size;
    try {
      return parse(bytes, partial);
    } catch (error) {
      if (!partial || !(error instanceof DicomError) || error.code !== 'truncated') {
        throw error;
      }
      if (most === limits.maxHeaderBytes) {
        throw new DicomError('limit-exceeded', `the attributes before Pixel Data take more than ${limits.maxHeaderBytes} bytes`);
      }
    }
  }
}

async function inflateObject(source: ByteSource, found: FoundFileMeta, limits: ObjectLimits): Promise<InflatedObject> {
  const { mediaStorageSopClassUid = '', mediaStorageSopInstanceUid = '' } = found.meta;
  const head = writeFileMeta({
    mediaStorageSopClassUid: isUid(mediaStorageSopClassUid) ? mediaStorageSopClassUid : UNKNOWN_UID,
    mediaStorageSopInstanceUid: isUid(mediaStorageSopInstanceUid) ? mediaStorageSopInstanceUid : UNKNOWN_UID,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  });
  return { bytes: await inflate(source, found.dataSetOffset, head, limits), dataSetOffset: head.length };
}

type Around = Pick<ReadObject, 'header' | 'bulk' | 'frames' | 'warnings'>;

async function readAround(
  source: ByteSource,
  offset: number,
  syntax: TransferSyntax,
  options: ReadObjectOptions,
  limits: ObjectLimits,
): Promise<Around> {
  const bulkData = { threshold: options.bulkThreshold ?? DEFAULT_BULK_THRESHOLD };
  const before = await growing(source, offset, limits, (bytes, partial) =>
    readDataSet(bytes, {
      transferSyntax: syntax,
      limits: limits.read,
      bulkData,
      correctedCharacterSet: options.characterSet,
      stopAtPixelData: true,
      partial,
    }),
  );
  const bulk = moved(before.bulk, offset);
  if (before.pixelData === undefined) {
    return { header: before.dataSet, bulk, frames: { kind: 'none', count: 0 }, warnings: before.warnings };
  }
  const { tag } = before.pixelData;
  const context = { source, transferSyntax: syntax, header: before.dataSet, bulk, limits };
  const pixels = await findPixelData(context, { ...before.pixelData, offset: offset + before.pixelData.offset });
  const after = await readBehind(source, pixels.end, limits, (bytes) =>
    readDataSet(bytes, {
      transferSyntax: syntax,
      limits: limits.read,
      bulkData,
      correctedCharacterSet: options.characterSet,
      characterSets: before.dataSet['00080005']?.Value?.filter((term) => typeof term === 'string') ?? [],
    }),
  );
  const pixelData = { vr: pixels.location.vr, ...(pixels.location.length > 0 ? { BulkDataURI: `bulkdata/${tag}` } : {}) };
  // NOTE: not a copy: nobody else has it, and a hundred attributes take longer to copy than to read.
  const header: MutableDataSet = before.dataSet;
  header[tag] = pixelData;
  for (const [key, attribute] of Object.entries(after.dataSet)) {
    if (key > tag) {
      header[key] = attribute;
    }
  }
  return {
    header,
    bulk: [
      ...bulk,
      ...(pixels.location.length > 0 ? [pixels.location] : []),
      ...moved(after.bulk, pixels.end).filter(({ path }) => path > tag),
    ],
    frames: pixels.table,
    warnings: [...before.warnings, ...pixels.warnings, ...after.warnings],
  };
}

const NOTHING: Pick<ReadResult, 'dataSet' | 'bulk' | 'warnings'> = { dataSet: {}, bulk: [], warnings: [] };

/** Signatures and padding may follow Pixel Data. What cannot be read there is not worth losing the images for. */
async function readBehind(
  source: ByteSource,
  offset: number,
  limits: ObjectLimits,
  parse: (bytes: Uint8Array) => ReadResult,
): Promise<Pick<ReadResult, 'dataSet' | 'bulk' | 'warnings'>> {
  const length = source.size - offset;
  if (length <= 0) {
    return NOTHING;
  }
  if (length > limits.maxTrailerBytes) {
    return { ...NOTHING, warnings: [`${length} bytes after Pixel Data were not looked at`] };
  }
  try {
    return parse(await source.read(offset, length));
  } catch (error) {
    if (error instanceof DicomError) {
      return { ...NOTHING, warnings: [`${length} bytes after Pixel Data are no attributes: ${error.message}`] };
    }
    throw error;
  }
}

function moved(bulk: readonly BulkLocation[], by: number): readonly BulkLocation[] {
  return bulk.map((location) => ({ ...location, offset: location.offset + by }));
}
