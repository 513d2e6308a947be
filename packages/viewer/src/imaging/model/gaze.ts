import { cross, dot, type Vector3 } from './geometry.ts';

/** How a solid is looked at: two unit directions in the patient, perpendicular to each other. */
export interface Gaze {
  readonly up: Vector3;
  readonly towardsViewer: Vector3;
}

/** The side of the patient that is seen. */
export type Side = 'front' | 'back' | 'left' | 'right' | 'head' | 'feet';

export const SIDES: readonly Side[] = ['front', 'back', 'left', 'right', 'head', 'feet'];

/** x runs to the patient's left, y to the back, z to the head. PS3.3 C.7.6.2.1.1. */
export const GAZES: Readonly<Record<Side, Gaze>> = {
  front: { up: [0, 0, 1], towardsViewer: [0, -1, 0] },
  back: { up: [0, 0, 1], towardsViewer: [0, 1, 0] },
  left: { up: [0, 0, 1], towardsViewer: [1, 0, 0] },
  right: { up: [0, 0, 1], towardsViewer: [-1, 0, 0] },
  head: { up: [0, -1, 0], towardsViewer: [0, 0, 1] },
  feet: { up: [0, -1, 0], towardsViewer: [0, 0, -1] },
};

/** The solid turned by degrees as a hand turns a ball: what faced the viewer goes to the right, and up. */
export function turnedGaze({ up, towardsViewer }: Gaze, right: number, upwards: number): Gaze {
  const aside = cross(up, towardsViewer);
  const [sideways, tall] = [radians(right), radians(upwards)];
  const facing = mixed(towardsViewer, Math.cos(sideways), aside, -Math.sin(sideways));
  const seen = unit(mixed(facing, Math.cos(tall), up, -Math.sin(tall)));
  const top = mixed(up, Math.cos(tall), facing, Math.sin(tall));
  // Thousands of small turns do not add up their rounding.
  return { towardsViewer: seen, up: unit(mixed(top, 1, seen, -dot(top, seen))) };
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}

function mixed(a: Vector3, ofA: number, b: Vector3, ofB: number): Vector3 {
  return [a[0] * ofA + b[0] * ofB, a[1] * ofA + b[1] * ofB, a[2] * ofA + b[2] * ofB];
}

function unit([x, y, z]: Vector3): Vector3 {
  const length = Math.hypot(x, y, z);
  return [x / length, y / length, z / length];
}
