import type { SampleArray } from './samples.ts';

const clamp = (value: number, greatest: number): number => Math.max(0, Math.min(greatest, value));

/** YBR_FULL to RGB in place, `bits` a sample. PS3.3 C.7.6.3.1.2. */
export function ybrToRgb(data: SampleArray, bits: number): void {
  const middle = 2 ** (bits - 1);
  const greatest = 2 ** bits - 1;
  for (let at = 0; at + 2 < data.length; at += 3) {
    const y = data[at] ?? 0;
    const cb = (data[at + 1] ?? 0) - middle;
    const cr = (data[at + 2] ?? 0) - middle;
    data[at] = clamp(Math.round(y + 1.402 * cr), greatest);
    data[at + 1] = clamp(Math.round(y - 0.344136286 * cb - 0.714136286 * cr), greatest);
    data[at + 2] = clamp(Math.round(y + 1.772 * cb), greatest);
  }
}

/** YBR_PARTIAL (luminance 16 to 235, colour 16 to 240; retired) to RGB in place. PS3.3 C.7.6.3.1.2. */
export function partialYbrToRgb(data: SampleArray, bits: number): void {
  const scale = 2 ** (bits - 8);
  const greatest = 2 ** bits - 1;
  for (let at = 0; at + 2 < data.length; at += 3) {
    const y = 1.1644 * ((data[at] ?? 0) - 16 * scale);
    const cb = (data[at + 1] ?? 0) - 128 * scale;
    const cr = (data[at + 2] ?? 0) - 128 * scale;
    data[at] = clamp(Math.round(y + 1.596 * cr), greatest);
    data[at + 1] = clamp(Math.round(y - 0.3917 * cb - 0.8129 * cr), greatest);
    data[at + 2] = clamp(Math.round(y + 2.0173 * cb), greatest);
  }
}
