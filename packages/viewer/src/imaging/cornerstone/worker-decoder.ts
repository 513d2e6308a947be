import { getWebWorkerManager } from '@cornerstonejs/core';
import { ImagingError } from '../errors.ts';
import type { ImageFrame } from '../model/image-frame.ts';
import { mendTwelveBit, readJpegHeader, withColourModel } from '../model/jpeg.ts';
import { type Decoded, type Samples, signedSamples } from '../model/pixels.ts';
import { startCornerstone } from './start.ts';

const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
const JPEG_EXTENDED = '1.2.840.10008.1.2.4.51';
const JPEG_LOSSLESS = '1.2.840.10008.1.2.4.70';
/** Syntaxes whose frames are streams of ISO/IEC 10918-1, by the number at the end. PS3.5 10.2. */
const JPEG = /^1\.2\.840\.10008\.1\.2\.4\.(5\d|6\d|70)$/;

/** The samples of a compressed frame, by one of the image loader's decoders. */
export async function decodeInWorker(frame: ImageFrame, bytes: Uint8Array, transferSyntax: string): Promise<Decoded> {
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
  startCornerstone();
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
