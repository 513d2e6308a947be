import { getWebWorkerManager } from '@cornerstonejs/core';
import { ImagingError } from '../errors.ts';
import type { StoredFrame } from '../frame-client.ts';
import type { ImageFrame } from '../model/image-frame.ts';
import { type Decoded, nativeSamples, type Samples, signedSamples } from '../model/pixels.ts';

const NATIVE: ReadonlySet<string> = new Set(['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.1.99']);
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
/** JPEG baseline: its decoder turns luminance and chrominance back into colours; that of JPEG extended does not. */
const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';

/**
 * The samples of a stored frame: native ones at once, compressed ones in a worker.
 * @throws ImagingError `undecodable`
 */
export async function decodeFrame(frame: ImageFrame, { bytes, transferSyntaxUid }: StoredFrame): Promise<Decoded> {
  if (NATIVE.has(transferSyntaxUid) || transferSyntaxUid === BIG_ENDIAN) {
    const samples = nativeSamples(frame.format, bytes, transferSyntaxUid === BIG_ENDIAN);
    if (samples === undefined) {
      throw new ImagingError(
        'undecodable',
        `${bytes.length} bytes are too few for ${frame.format.columns} x ${frame.format.rows} pixels`,
      );
    }
    return { samples, planar: frame.format.planar, rgb: false };
  }
  try {
    return await decodeInWorker(frame, bytes, transferSyntaxUid);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ImagingError('undecodable', `${transferSyntaxUid}: ${reason}`, { cause: error });
  }
}

async function decodeInWorker(frame: ImageFrame, bytes: Uint8Array, transferSyntax: string): Promise<Decoded> {
  const { format } = frame;
  const result: unknown = await getWebWorkerManager().executeTask('dicomImageLoader', 'decodeTask', {
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
    pixelData: bytes.slice(),
    options: { preScale: { enabled: false } },
    decodeConfig: {},
  });
  const decoded = parseDecoded(result);
  const expected = format.rows * format.columns * format.samplesPerPixel;
  if (decoded === undefined || decoded.samples.length < expected) {
    throw new ImagingError('undecodable', `the decoder gave ${decoded?.samples.length ?? 0} samples instead of ${expected}`);
  }
  return { samples: signedSamples(format, decoded.samples), planar: decoded.planes, rgb: transferSyntax === JPEG_BASELINE };
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
