import type { Presentation } from '../presentation/model.ts';
import type { Raster } from './encode.ts';
import type { Size } from './geometry.ts';

/** How a picture is turned: clockwise first, then mirrored. */
export interface Turn {
  readonly quarterTurns: Presentation['quarterTurns'];
  readonly across: boolean;
  readonly down: boolean;
}

export const UNTURNED: Turn = { quarterTurns: 0, across: false, down: false };

export function turnedSize({ width, height }: Size, { quarterTurns }: Turn): Size {
  return quarterTurns % 2 === 0 ? { width, height } : { width: height, height: width };
}

/** Where a point of the picture comes to lie; both in parts of its width and height. */
export function turnPoint(point: readonly [number, number], { quarterTurns, across, down }: Turn): readonly [number, number] {
  let [x, y] = point;
  for (let turn = 0; turn < quarterTurns; turn += 1) {
    [x, y] = [1 - y, x];
  }
  return [across ? 1 - x : x, down ? 1 - y : y];
}

/** The same pixels, turned and mirrored. */
export function turnRaster(raster: Raster, turn: Turn): Raster {
  const { quarterTurns, across, down } = turn;
  if (quarterTurns === 0 && !across && !down) {
    return raster;
  }
  const { width, height, channels } = raster;
  const size = turnedSize(raster, turn);
  const bytes = new Uint8Array(raster.bytes.length);
  // Of the first pixel of the result: where it is from, and how far from it the next ones across and down are.
  const at = (x: number, y: number): number => {
    const column = across ? size.width - 1 - x : x;
    const row = down ? size.height - 1 - y : y;
    const from = [
      [column, row],
      [row, height - 1 - column],
      [width - 1 - column, height - 1 - row],
      [width - 1 - row, column],
    ][quarterTurns] ?? [0, 0];
    return ((from[1] ?? 0) * width + (from[0] ?? 0)) * channels;
  };
  const start = at(0, 0);
  const stepAcross = size.width > 1 ? at(1, 0) - start : 0;
  const stepDown = size.height > 1 ? at(0, 1) - start : 0;
  let to = 0;
  for (let y = 0; y < size.height; y += 1) {
    let from = start + y * stepDown;
    for (let x = 0; x < size.width; x += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        bytes[to] = raster.bytes[from + channel] ?? 0;
        to += 1;
      }
      from += stepAcross;
    }
  }
  return { ...size, channels, bytes };
}
