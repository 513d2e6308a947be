import { ArchiveError } from '../../core/errors.ts';
import type { LosslessCoding, LossyCoding, RecodedFrame } from '../../core/ports.ts';
import type { FrameDecoder } from '../decode/decode-frame.ts';
import type { PixelLayout } from '../image/layout.ts';
import { bytesOf, type Samples } from '../image/samples.ts';
import { DECODED_AS, isLossy } from './codings.ts';
import type { FrameEncoder } from './encode-frame.ts';

/** Of the range of values: what a reader could see is far from it, and a codec gone wrong far beyond. */
const TOLERATED_LOSS = 1 / 50;

/**
 * Compresses a frame and decodes it again: what does not come back as it was, or with loss nearly so, is not given out. A codec is a
 * large program by others, and a wrong pixel would show nowhere.
 * @throws ArchiveError `not-acceptable` when the coding cannot hold the frame
 */
export async function recodeFrame(
  encoder: Pick<FrameEncoder, 'encode'>,
  decoder: Pick<FrameDecoder, 'decode'>,
  samples: Samples,
  layout: PixelLayout,
  coding: LosslessCoding | LossyCoding,
): Promise<RecodedFrame> {
  const frame = await encoder.encode(samples, layout, coding);
  const { bitsAllocated, photometricInterpretation } = frame;
  const written: PixelLayout = {
    ...layout,
    coding: DECODED_AS[coding],
    bitsAllocated,
    photometricInterpretation,
    planar: false,
    bigEndian: false,
    wordsOfTwo: false,
  };
  // NOTE: a copy, because decoders may give back the memory they were given.
  const back = await decoder.decode(new Uint8Array(frame.bytes), 0, written);
  const isKept = isLossy(coding) ? isAlike(back, samples) : Buffer.compare(bytesOf(back.data), bytesOf(samples.data)) === 0;
  if (!isKept) {
    throw new ArchiveError('not-acceptable', `A frame did not come back from ${coding} as it was: it is not given out so.`);
  }
  return frame;
}

/** Whether values differ little, on the average; of colours, only where both are of the same kind. */
function isAlike(back: Samples, samples: Samples): boolean {
  if (back.data.length !== samples.data.length) {
    return false;
  }
  if (back.photometricInterpretation !== samples.photometricInterpretation) {
    return true;
  }
  let sum = 0;
  for (let i = 0; i < back.data.length; i += 1) {
    sum += Math.abs((back.data[i] ?? 0) - (samples.data[i] ?? 0));
  }
  return sum / Math.max(1, back.data.length) <= Math.max(2, TOLERATED_LOSS * 2 ** samples.bitsStored);
}
