import { ArchiveError } from '../../core/errors.ts';
import type { LosslessCoding, RecodedFrame } from '../../core/ports.ts';
import type { FrameDecoder } from '../decode/decode-frame.ts';
import type { PixelLayout } from '../image/layout.ts';
import { bytesOf, type Samples } from '../image/samples.ts';
import type { FrameEncoder } from './encode-frame.ts';

/**
 * Compresses a frame and decodes it again: what does not come back as it was is not given out. A codec is a large program by others, and
 * a wrong pixel would show nowhere.
 * @throws ArchiveError `not-acceptable` when the coding cannot hold the frame
 */
export async function recodeFrame(
  encoder: Pick<FrameEncoder, 'encode'>,
  decoder: Pick<FrameDecoder, 'decode'>,
  samples: Samples,
  layout: PixelLayout,
  coding: LosslessCoding,
): Promise<RecodedFrame> {
  const frame = await encoder.encode(samples, layout, coding);
  const { bitsAllocated, photometricInterpretation } = frame;
  const written: PixelLayout = {
    ...layout,
    coding,
    bitsAllocated,
    photometricInterpretation,
    planar: false,
    bigEndian: false,
    wordsOfTwo: false,
  };
  // NOTE: a copy, because decoders may give back the memory they were given.
  const back = await decoder.decode(new Uint8Array(frame.bytes), 0, written);
  if (Buffer.compare(bytesOf(back.data), bytesOf(samples.data)) !== 0) {
    throw new ArchiveError('not-acceptable', `A frame did not come back from ${coding} as it was: it is not given out so.`);
  }
  return frame;
}
