import { cross, type Vector3 } from './geometry.ts';
import { directionLetters, type EdgeLetters } from './orientation.ts';

/** What lies to the right and at the top of a pane, as directions in the patient. PS3.3 C.7.6.2.1.1. */
export interface EdgeDirections {
  readonly right: Vector3;
  readonly up: Vector3;
}

/** Of a camera: `towardsViewer` points out of the screen. */
export function cameraDirections(up: Vector3, towardsViewer: Vector3): EdgeDirections {
  return { up, right: cross(up, towardsViewer) };
}

/** The letters on the edges of a pane. PS3.3 C.7.6.1.1.1. */
export function lettersOf({ right, up }: EdgeDirections): EdgeLetters {
  return {
    top: directionLetters(up),
    right: directionLetters(right),
    bottom: directionLetters(negative(up)),
    left: directionLetters(negative(right)),
  };
}

function negative([x, y, z]: Vector3): Vector3 {
  return [-x, -y, -z];
}
