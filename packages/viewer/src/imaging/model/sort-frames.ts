import { firstNumber, TAG } from '@filmless/dicom';
import { dot, normal } from './geometry.ts';
import type { ImageFrame } from './image-frame.ts';

/** Two directions count as one within about half a degree: scanners round the cosines. */
const SAME_DIRECTION = 0.9999;

/**
 * The frames of a series as a doctor scrolls them: by position along the normal where all lie parallel, in the sense of
 * the instance numbers; otherwise by instance number. Frames at one place keep their order in time.
 */
export function sortFrames(frames: readonly ImageFrame[]): readonly ImageFrame[] {
  const numbered = [...frames].sort(byNumber);
  const heights = parallelHeights(numbered);
  if (heights === undefined) {
    return numbered;
  }
  const sense = senseOf(numbered, heights);
  const height = (frame: ImageFrame): number => heights.get(frame) ?? 0;
  return [...numbered].sort((a, b) => {
    const distance = (height(a) - height(b)) * sense;
    return Math.abs(distance) > 1e-3 ? distance : byNumber(a, b);
  });
}

function byNumber(a: ImageFrame, b: ImageFrame): number {
  const time = (temporal(a) ?? 0) - (temporal(b) ?? 0);
  const number = (a.instanceNumber ?? Number.MAX_SAFE_INTEGER) - (b.instanceNumber ?? Number.MAX_SAFE_INTEGER);
  const same = a.sopInstanceUid === b.sopInstanceUid;
  return number || time || (same ? a.frameNumber - b.frameNumber : a.sopInstanceUid < b.sopInstanceUid ? -1 : 1);
}

function temporal(frame: ImageFrame): number | undefined {
  return firstNumber(frame.dataSet, TAG.TemporalPositionIdentifier);
}

/** Distance of each frame along the common normal, or undefined where there is none or all lie in one place. */
function parallelHeights(frames: readonly ImageFrame[]): ReadonlyMap<ImageFrame, number> | undefined {
  const first = frames[0]?.plane;
  if (first === undefined) {
    return undefined;
  }
  const axis = normal(first);
  const heights = new Map<ImageFrame, number>();
  for (const frame of frames) {
    const { plane } = frame;
    if (
      plane?.position === undefined ||
      dot(normal(plane), axis) < SAME_DIRECTION ||
      dot(plane.row, first.row) < SAME_DIRECTION
    ) {
      return undefined;
    }
    heights.set(frame, dot(plane.position, axis));
  }
  const values = [...heights.values()];
  const [low, high] = values.reduce(([l, h], value) => [Math.min(l, value), Math.max(h, value)], [Infinity, -Infinity]);
  return high - low > 1e-3 ? heights : undefined;
}

/** 1 or -1: whichever runs with the instance numbers. */
function senseOf(numbered: readonly ImageFrame[], heights: ReadonlyMap<ImageFrame, number>): 1 | -1 {
  const first = numbered[0];
  const last = numbered.at(-1);
  return first !== undefined && last !== undefined && (heights.get(first) ?? 0) > (heights.get(last) ?? 0) ? -1 : 1;
}
