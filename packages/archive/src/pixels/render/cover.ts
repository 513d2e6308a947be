import type { SampleArray } from '../image/samples.ts';
import type { Overlay, Point, Shutter } from '../presentation/model.ts';
import type { Raster } from './encode.ts';

/** Draws the shutter over a picture in its own memory: what lies outside of any of its shapes is hidden. PS3.3 C.7.6.11. */
export function closeShutter({ width, height, channels, bytes }: Raster, { shapes, shade }: Shutter): void {
  for (let row = 0; row < height; row += 1) {
    const open = shapes.map((shape) => openIn(shape, row, width));
    for (let column = 0; column < width; column += 1) {
      if (!open.every((runs) => isWithin(runs, column))) {
        const at = (row * width + column) * channels;
        bytes.fill(shade, at, at + channels);
      }
    }
  }
}

/** Where a row is open: from, to, from, to ... */
type Runs = readonly number[];

function isWithin(runs: Runs, column: number): boolean {
  for (let i = 0; i + 1 < runs.length; i += 2) {
    if (column >= (runs[i] ?? 0) && column <= (runs[i + 1] ?? 0)) {
      return true;
    }
  }
  return false;
}

function openIn(shape: Shutter['shapes'][number], row: number, width: number): Runs {
  switch (shape.kind) {
    case 'rectangle':
      return row >= shape.upper && row <= shape.lower ? [shape.left, shape.right] : [];
    case 'circle': {
      const half = Math.sqrt(shape.radius ** 2 - (row - shape.y) ** 2);
      return Number.isNaN(half) ? [] : [shape.x - half, shape.x + half];
    }
    case 'polygon':
      return crossings(shape.points, row).map((x) => Math.max(-1, Math.min(width, x)));
  }
}

function crossings(points: readonly Point[], row: number): Runs {
  return points
    .flatMap(([x1, y1], index) => {
      const [x2, y2] = points[(index + 1) % points.length] ?? [x1, y1];
      return y1 <= row === y2 <= row ? [] : [x1 + ((row - y1) * (x2 - x1)) / (y2 - y1)];
    })
    .toSorted((a, b) => a - b);
}

/** Draws a plane of bits over a picture in its own memory. @param cells of the image, for planes that lie in them. PS3.3 C.9.2. */
export function layOver(
  { width, height, channels, bytes }: Raster,
  { rows, columns, left, top, bits, colour }: Overlay,
  cells: SampleArray,
): void {
  const isSet =
    bits instanceof Uint8Array
      ? (at: number) => ((bits[at >> 3] ?? 0) >> (at & 7)) & 1
      : (at: number) => ((cells[at] ?? 0) >> bits.ofCells) & 1;
  for (let row = Math.max(0, -top); row < rows && row + top < height; row += 1) {
    for (let column = Math.max(0, -left); column < columns && column + left < width; column += 1) {
      if (isSet(row * columns + column)) {
        const at = ((row + top) * width + column + left) * channels;
        for (let channel = 0; channel < channels; channel += 1) {
          bytes[at + channel] = colour[channel] ?? 0;
        }
      }
    }
  }
}

/** A picture with three channels, for colours that gray does not have. */
export function inColour({ width, height, channels, bytes }: Raster): Raster {
  if (channels === 3) {
    return { width, height, channels, bytes };
  }
  const out = new Uint8Array(3 * bytes.length);
  for (let i = 0; i < bytes.length; i += 1) {
    out.fill(bytes[i] ?? 0, 3 * i, 3 * i + 3);
  }
  return { width, height, channels: 3, bytes: out };
}
