import {
  type ByteSource,
  DicomError,
  type FrameCoding,
  findTransferSyntax,
  type JpegFacts,
  type Mp4Facts,
  readJ2kFacts,
  readJpegFacts,
  readMp4Facts,
} from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { BulkBytes } from './bulk-parts.ts';

/** What a coded image or film says of itself. */
export interface CodedPixels {
  readonly transferSyntaxUid: string;
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  /** Bits Stored. */
  readonly precision: number;
  readonly isSigned: boolean;
  readonly photometric: string;
  /** Defined term of Lossy Image Compression Method, for one that may lose. PS3.3 C.7.6.1.1.5.1. */
  readonly lossyMethod: string | undefined;
  /** Of a film: how many there are, and milliseconds of each. */
  readonly film?: { readonly frames: number; readonly frameTime: number };
  /** Where the first frame's codestream begins in its part. */
  readonly start: number;
}

/** Markers and EXIF notes before the first scan; a note has 64 KiB at most, and cameras write several. */
const BEGINNING_BYTES = 2 * 1024 * 1024;
const UID = '1.2.840.10008.1.2.';

type Reader = (source: ByteSource) => Promise<CodedPixels>;

/** Media types of PS3.18 table 8.7.3-5, and the ones they are also called by. */
const READERS: Readonly<Record<string, Reader>> = {
  'image/jpeg': jpeg,
  'image/jls': jpeg,
  'image/x-jls': jpeg,
  'image/jp2': jpeg2000,
  'image/jpx': jpeg2000,
  'image/j2c': jpeg2000,
  'image/jph': jpeg2000,
  'image/jphc': jpeg2000,
  'video/mp4': film,
  'video/h265': film,
};

/** Syntaxes whose streams are not read here: the metadata must describe the pixels. */
const UNREAD: Readonly<Record<string, string>> = {
  'image/dicom-rle': '5',
  'image/x-dicom-rle': '5',
  'image/jxl': '4.112',
  'video/mpeg': '4.100',
  'video/mpeg2': '4.100',
};

/** True for parts that are coded frames or a film, and no plain bytes. */
export function isCoded({ type, transferSyntax }: BulkBytes): boolean {
  return (
    READERS[type] !== undefined ||
    UNREAD[type] !== undefined ||
    (transferSyntax !== undefined && findTransferSyntax(transferSyntax)?.encapsulated === true)
  );
}

/**
 * Reads what coded pixels say of themselves, and the transfer syntax they are: the one that was said, where it is one of the same coding.
 * Undefined attributes: those of a coding that is not read.
 * @throws DicomError `invalid-value`; ArchiveError `invalid-request` when stream and transfer syntax do not go together
 */
export async function readCodedPixels({
  type,
  transferSyntax,
  source,
}: BulkBytes): Promise<CodedPixels | { readonly transferSyntaxUid: string }> {
  const said = transferSyntax === undefined ? undefined : findTransferSyntax(transferSyntax);
  if (transferSyntax !== undefined && said?.encapsulated !== true) {
    throw new ArchiveError('invalid-request', `transfer-syntax: ${transferSyntax.slice(0, 64)} is not one of coded pixels.`);
  }
  const read = READERS[type];
  if (read === undefined) {
    return { transferSyntaxUid: said?.uid ?? `${UID}${UNREAD[type] ?? '5'}` };
  }
  const found = await read(source);
  if (said === undefined) {
    return found;
  }
  if (!fits(said.coding, findTransferSyntax(found.transferSyntaxUid)?.coding)) {
    throw new ArchiveError(
      'invalid-request',
      `transfer-syntax: the bytes are not ${said.name}, but those of ${found.transferSyntaxUid}.`,
    );
  }
  return { ...found, transferSyntaxUid: said.uid };
}

/** Every baseline image is one of the extended process, too. T.81 4.11. */
function fits(said: FrameCoding, found: FrameCoding | undefined): boolean {
  return said === found || (said === 'jpeg-extended' && found === 'jpeg-baseline');
}

async function jpeg(source: ByteSource): Promise<CodedPixels> {
  const bytes = await source.read(0, Math.min(source.size, BEGINNING_BYTES));
  const facts = readJpegFacts(bytes);
  const { suffix, lossyMethod } = jpegSyntax(facts, bytes);
  const isColour = facts.components === 3;
  return {
    transferSyntaxUid: `${UID}${suffix}`,
    rows: facts.rows,
    columns: facts.columns,
    samplesPerPixel: samples(facts.components),
    precision: facts.precision,
    isSigned: false,
    photometric: !isColour
      ? 'MONOCHROME2'
      : facts.isRgb || lossyMethod === undefined || facts.kind === 'jpeg-ls'
        ? 'RGB'
        : 'YBR_FULL_422',
    lossyMethod,
    start: 0,
  };
}

function jpegSyntax(
  { kind, scan, precision }: JpegFacts,
  bytes: Uint8Array,
): { readonly suffix: string; readonly lossyMethod: string | undefined } {
  // In the scan's header: Ss behind the components, which is the predictor, or NEAR of JPEG-LS. T.81 B.2.3, T.87 C.2.3.
  const parameter = bytes[scan + 5 + 2 * (bytes[scan + 4] ?? 0)] ?? 0;
  switch (kind) {
    case 'baseline':
      return { suffix: '4.50', lossyMethod: 'ISO_10918_1' };
    case 'extended':
      return { suffix: '4.51', lossyMethod: 'ISO_10918_1' };
    case 'lossless':
      return { suffix: parameter === 1 ? '4.70' : '4.57', lossyMethod: undefined };
    case 'jpeg-ls':
      return parameter === 0 ? { suffix: '4.80', lossyMethod: undefined } : { suffix: '4.81', lossyMethod: 'ISO_14495_1' };
    case 'progressive':
    case 'other':
      throw new DicomError(
        'invalid-value',
        `a JPEG image of ${precision} bits in a process that DICOM has retired; send it as baseline`,
      );
  }
}

async function jpeg2000(source: ByteSource): Promise<CodedPixels> {
  const facts = readJ2kFacts(await source.read(0, Math.min(source.size, BEGINNING_BYTES)));
  const { isHighThroughput, isReversible, components } = facts;
  const suffix = isHighThroughput ? (isReversible ? '4.201' : '4.203') : isReversible ? '4.90' : '4.91';
  const photometric =
    samples(components) === 1 ? 'MONOCHROME2' : !facts.hasColourTransform ? 'RGB' : isReversible ? 'YBR_RCT' : 'YBR_ICT';
  return {
    transferSyntaxUid: `${UID}${suffix}`,
    rows: facts.rows,
    columns: facts.columns,
    samplesPerPixel: samples(components),
    precision: facts.precision,
    isSigned: facts.isSigned,
    photometric,
    lossyMethod: isReversible ? undefined : isHighThroughput ? 'ISO_15444_15' : 'ISO_15444_1',
    start: facts.start,
  };
}

async function film(source: ByteSource): Promise<CodedPixels> {
  const facts = await readMp4Facts(source);
  return {
    transferSyntaxUid: `${UID}${filmSyntax(facts)}`,
    rows: facts.rows,
    columns: facts.columns,
    samplesPerPixel: 3,
    precision: facts.bitDepth,
    isSigned: false,
    photometric: 'YBR_PARTIAL_420',
    lossyMethod: facts.codec === 'h264' ? 'ISO_14496_10' : 'ISO_23008_2',
    film: { frames: facts.frames, frameTime: facts.frameTime },
    start: 0,
  };
}

/** PS3.5 8.2.7 to 8.2.11: which levels each has. */
function filmSyntax({ codec, level, bitDepth }: Mp4Facts): string {
  if (codec === 'h265') {
    return bitDepth === 10 ? '4.108' : '4.107';
  }
  return level > 41 ? '4.104' : '4.102';
}

function samples(components: number): 1 | 3 {
  if (components !== 1 && components !== 3) {
    throw new DicomError('invalid-value', `an image of ${components} components; one or three are taken`);
  }
  return components;
}
