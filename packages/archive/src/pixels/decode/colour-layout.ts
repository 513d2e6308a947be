import type { SampleArray } from '../image/samples.ts';

/** All of one colour, then the next (planar configuration 1), to pixels side by side. PS3.3 C.7.6.3.1.3. */
export function interleavePlanes(planes: SampleArray, samplesPerPixel: number): SampleArray {
  const out = planes.slice();
  const pixels = Math.floor(planes.length / samplesPerPixel);
  for (let sample = 0; sample < samplesPerPixel; sample += 1) {
    let to = sample;
    for (let from = sample * pixels; from < (sample + 1) * pixels; from += 1) {
      out[to] = planes[from] ?? 0;
      to += samplesPerPixel;
    }
  }
  return out;
}

/** Y1 Y2 Cb Cr for two pixels to Y Cb Cr for each. PS3.3 C.7.6.3.1.2, YBR_FULL_422. */
export function expand422(stored: SampleArray, rows: number, columns: number): SampleArray {
  const pairs = Math.ceil(columns / 2);
  const out = stored instanceof Uint8Array ? new Uint8Array(rows * columns * 3) : new Uint16Array(rows * columns * 3);
  let to = 0;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      const from = (row * pairs + (column >> 1)) * 4;
      out[to] = stored[from + (column & 1)] ?? 0;
      out[to + 1] = stored[from + 2] ?? 0;
      out[to + 2] = stored[from + 3] ?? 0;
      to += 3;
    }
  }
  return out;
}
