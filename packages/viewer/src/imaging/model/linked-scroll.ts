import { dot, normal, type Plane, type Vector3 } from './geometry.ts';
import type { ImageFrame } from './image-frame.ts';

/** Planes count as parallel within about 15 degrees: a tilted stack still follows. */
const PARALLEL = 0.966;

/** Two slices that were shown beside each other when the stacks were linked. */
export interface LinkedPair {
  readonly shown: ImageFrame;
  readonly other: ImageFrame;
}

/**
 * The slice of another stack that goes with one shown: the nearest in space where both lie in one frame of reference and
 * run parallel; in another frame of reference, as a study of another day has, the one as far from the slice it was linked
 * at; where that cannot be told either, as many steps on as the shown one made.
 */
export function followingIndex(
  shown: ImageFrame,
  others: readonly ImageFrame[],
  otherIndex: number,
  steps: number,
  pair?: LinkedPair,
): number {
  const nearest = nearestInSpace(shown, others) ?? (pair === undefined ? undefined : nearestByOffset(shown, others, pair));
  return nearest ?? Math.min(Math.max(otherIndex + steps, 0), others.length - 1);
}

function nearestInSpace(shown: ImageFrame, others: readonly ImageFrame[]): number | undefined {
  const { frameOfReferenceUid } = shown;
  const together = others.every((frame) => frame.frameOfReferenceUid === frameOfReferenceUid);
  if (shown.plane?.position === undefined || frameOfReferenceUid === undefined || !together) {
    return undefined;
  }
  const axis = normal(shown.plane);
  return nearestAt(dot(shown.plane.position, axis), axis, others);
}

/** Both lie the same way in the patient, but their zero points have nothing to do with each other. PS3.3 C.7.4.1. */
function nearestByOffset(shown: ImageFrame, others: readonly ImageFrame[], pair: LinkedPair): number | undefined {
  if (shown.plane === undefined) {
    return undefined;
  }
  const axis = normal(shown.plane);
  const [now, from, to] = [shown, pair.shown, pair.other].map(({ plane }) => heightOf(plane, axis));
  return now === undefined || from === undefined || to === undefined ? undefined : nearestAt(to + now - from, axis, others);
}

/** How far along an axis a parallel plane lies, in mm. */
function heightOf(plane: Plane | undefined, axis: Vector3): number | undefined {
  return plane?.position === undefined || Math.abs(dot(normal(plane), axis)) < PARALLEL ? undefined : dot(plane.position, axis);
}

function nearestAt(height: number, axis: Vector3, others: readonly ImageFrame[]): number | undefined {
  let best: { readonly index: number; readonly distance: number } | undefined;
  for (const [index, { plane }] of others.entries()) {
    const at = heightOf(plane, axis);
    if (at === undefined) {
      return undefined;
    }
    const distance = Math.abs(at - height);
    if (best === undefined || distance < best.distance - 1e-6) {
      best = { index, distance };
    }
  }
  return best?.index;
}
