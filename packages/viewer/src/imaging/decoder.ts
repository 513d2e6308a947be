import { ImagingError } from './errors.ts';
import type { StoredFrame } from './frame-client.ts';
import type { ImageFrame } from './model/image-frame.ts';
import { type Decoded, nativeSamples, type Samples } from './model/pixels.ts';
import { decodeRle } from './model/rle.ts';

const NATIVE: ReadonlySet<string> = new Set(['1.2.840.10008.1.2', '1.2.840.10008.1.2.1', '1.2.840.10008.1.2.1.99']);
const BIG_ENDIAN = '1.2.840.10008.1.2.2';
const RLE = '1.2.840.10008.1.2.5';

/** What browsers say when the program of a decoder did not come: the frame itself may be whole. */
const DECODER_MISSING = /dynamically imported module|module script failed|error loading/i;

/**
 * The samples of a stored frame: simple codings at once, the others in a worker of Cornerstone's, which is fetched for the
 * first of them.
 * @throws ImagingError `undecodable`, or `unreachable` where the decoder could not be fetched
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
    const { decodeInWorker } = await import('./cornerstone/worker-decoder.ts');
    return await decodeInWorker(frame, bytes, transferSyntaxUid);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ImagingError(DECODER_MISSING.test(reason) ? 'unreachable' : 'undecodable', `${transferSyntaxUid}: ${reason}`, {
      cause: error,
    });
  }
}

function checked(samples: Samples | undefined, { format }: ImageFrame, length: number): Samples {
  if (samples === undefined) {
    throw new ImagingError('undecodable', `${length} bytes do not make ${format.columns} x ${format.rows} pixels`);
  }
  return samples;
}
