import { dot, normal } from './geometry.ts';
import type { ImageFrame } from './image-frame.ts';

/** Planes count as parallel within about 15 degrees: a tilted stack still follows. */
const PARALLEL = 0.966;

/**
 * The slice of another stack that goes with one shown: the nearest in space where both lie in one frame of reference and
 * run parallel, otherwise as many steps on as the shown one made.
 */
export function followingIndex(shown: ImageFrame, others: readonly ImageFrame[], otherIndex: number, steps: number): number {
  const nearest = nearestInSpace(shown, others);
  return nearest ?? Math.min(Math.max(otherIndex + steps, 0), others.length - 1);
}

function nearestInSpace(shown: ImageFrame, others: readonly ImageFrame[]): number | undefined {
  if (shown.plane?.position === undefined || shown.frameOfReferenceUid === undefined) {
    return undefined;
  }
  const axis = normal(shown.plane);
  const height = dot(shown.plane.position, axis);
  let best: { readonly index: number; readonly distance: number } | undefined;
  for (const [index, frame] of others.entries()) {
    const { plane } = frame;
    const comparable = plane?.position !== undefined && frame.frameOfReferenceUid === shown.frameOfReferenceUid;
    if (!comparable || Math.abs(dot(normal(plane), axis)) < PARALLEL) {
      return undefined;
    }
    const distance = Math.abs(dot(plane.position, axis) - height);
    if (best === undefined || distance < best.distance - 1e-6) {
      best = { index, distance };
    }
  }
  return best?.index;
}
