import type { PixelLayout } from '../image/layout.ts';
import type { Samples } from '../image/samples.ts';

/**
 * Decoders of lossy images overshoot: what was the brightest comes back a little brighter. Where it then needs more than Bits Stored,
 * readers of native pixels cut it off to something dark, so it is held to what Bits Stored can say. PS3.5 8.1.1.
 */
export function withinStored(samples: Samples, { bitsStored, numbers, highBit }: PixelLayout): Samples {
  const { data, signed } = samples;
  if (numbers !== 'integer' || highBit !== bitsStored - 1 || bitsStored >= 8 * data.BYTES_PER_ELEMENT) {
    return samples;
  }
  const least = signed ? -(2 ** (bitsStored - 1)) : 0;
  const most = signed ? 2 ** (bitsStored - 1) - 1 : 2 ** bitsStored - 1;
  for (let i = 0; i < data.length; i += 1) {
    const value = data[i] ?? 0;
    if (value < least || value > most) {
      data[i] = Math.min(most, Math.max(least, value));
    }
  }
  return samples;
}
