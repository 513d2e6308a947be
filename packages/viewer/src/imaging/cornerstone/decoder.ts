import { getWebWorkerManager } from '@cornerstonejs/core';
import { ImagingError } from '../errors.ts';
import type { StoredFrame } from '../frame-client.ts';
import type { ImageFrame } from '../model/image-frame.ts';
import { mendTwelveBit, readJpegHeader, withColourModel } from '../model/jpeg.ts';
import { type Decoded, nativeSamples, type Samples, signedSamples } from '../model/pixels.ts';
import { decodeRle } from '../model/rle.ts';

const NATIVE: ReadonlySet<string> = new Set(['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.1.99']);
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const RLE = '1.2.840.10008.1.2.5';
const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
const JPEG_EXTENDED = '1.2.840.10008.1.2.4.51';
const JPEG_LOSSLESS = '1.2.840.10008.1.2.4.70';
/** Syntaxes whose frames are streams of ISO/IEC 10918-1, by the number at the end. PS3.5 10.2. */
const JPEG = /^1\.2\.840\.10008\.1\.2\.4\.(5\d|6\d|70)$/;

/**
 * The samples of a stored frame: simple codings at once, the others in a worker.
 * @throws ImagingError `undecodable`
 */
export async function decodeFrame(frame: ImageFrame, { bytes, transferSyntaxUid }: StoredFrame): Promise<Decoded> {
  const { format } = frame;
  if (NATIVE.has(transferSyntaxUid) || transferSyntaxUid === BIG_ENDIAN) {
    const samples = nativeSamples(format, bytes, transferSyntaxUid === BIG_ENDIAN);
    return { samples: checked(samples, frame, bytes.length), planar: format.planar, rgb: false };
  }
  if (transferSyntaxUid === RLE && format.bitsAllocated >= 8) {
    const plain = decodeRle(format, bytes);
    const samples = plain === undefined ? undefined : nativeSamples(format, plain, false);
    return { samples: checked(samples, frame, bytes.length), planar: true, rgb: false };
  }
  try {
    return await decodeInWorker(frame, bytes, transferSyntaxUid);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ImagingError('undecodable', `${transferSyntaxUid}: ${reason}`, { cause: error });
  }
}

function checked(samples: Samples | undefined, { format }: ImageFrame, length: number): Samples {
  if (samples === undefined) {
    throw new ImagingError('undecodable', `${length} bytes do not make ${format.columns} x ${format.rows} pixels`);
  }
  return samples;
}

async function decodeInWorker(frame: ImageFrame, bytes: Uint8Array, transferSyntax: string): Promise<Decoded> {
  const { format } = frame;
  const jpeg = JPEG.test(transferSyntax) ? readJpegHeader(bytes) : undefined;
  const coding = jpeg === undefined ? transferSyntax : jpegCoding(jpeg.process, jpeg.precision);
  const stream =
    coding === JPEG_BASELINE && jpeg?.components === 3 && !jpeg.tellsColour
      ? withColourModel(bytes, format.photometric)
      : bytes.slice();
  const decoded = parseDecoded(await decodeTask(frame, stream, coding));
  const expected = format.rows * format.columns * format.samplesPerPixel;
  if (decoded === undefined || decoded.samples.length < expected) {
    throw new ImagingError('undecodable', `the decoder gave ${decoded?.samples.length ?? 0} samples instead of ${expected}`);
  }
  if (coding === JPEG_EXTENDED && jpeg?.precision === 12) {
    mendTwelveBit(decoded.samples);
  }
  return { samples: signedSamples(format, decoded.samples), planar: decoded.planes, rgb: coding === JPEG_BASELINE };
}

/** The decoder that reads a stream, by what the stream itself says: some files name another process. */
function jpegCoding(process: number, precision: number): string {
  if (process === 0xc3) {
    return JPEG_LOSSLESS;
  }
  return precision === 8 ? JPEG_BASELINE : JPEG_EXTENDED;
}

function decodeTask({ format }: ImageFrame, pixelData: Uint8Array, transferSyntax: string): Promise<unknown> {
  return getWebWorkerManager().executeTask('dicomImageLoader', 'decodeTask', {
    imageFrame: {
      samplesPerPixel: format.samplesPerPixel,
      photometricInterpretation: format.photometric,
      planarConfiguration: 0,
      rows: format.rows,
      columns: format.columns,
      bitsAllocated: format.bitsAllocated,
      bitsStored: format.bitsStored,
      pixelRepresentation: format.signed ? 1 : 0,
    },
    transferSyntax,
    pixelData,
    options: { preScale: { enabled: false } },
    decodeConfig: {},
  });
}

interface WorkerResult {
  readonly samples: Samples;
  /** Components one after the other, which JPEG-LS calls interleave mode none. */
  readonly planes: boolean;
}

function parseDecoded(value: unknown): WorkerResult | undefined {
  if (typeof value !== 'object' || value === null || !('pixelData' in value) || !isSamples(value.pixelData)) {
    return undefined;
  }
  return { samples: value.pixelData, planes: 'interleaveMode' in value && Number(value.interleaveMode) === 0 };
}

function isSamples(value: unknown): value is Samples {
  return ArrayBuffer.isView(value) && !(value instanceof DataView) && !(value instanceof Float64Array);
}
