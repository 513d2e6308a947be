import { normal, type Plane, type Point, type Vector3 } from './geometry.ts';
import type { ImageFrame } from './image-frame.ts';

/** What of a frame says where its pixels lie. */
type Placed = Pick<ImageFrame, 'plane' | 'displaySpacing'>;

/** Where nothing is known of the patient, the picture's own plane is the world. */
const PICTURE_PLANE: Plane = { row: [1, 0, 0], column: [0, 1, 0] };

/** The plane tools work in: that in the patient, in mm, wherever the object gives it. PS3.3 C.7.6.2. */
export function worldPlane({ plane = PICTURE_PLANE }: Placed): Required<Plane> & { readonly normal: Vector3 } {
  return { row: plane.row, column: plane.column, position: plane.position ?? [0, 0, 0], normal: normal(plane) };
}

/** The world point of an image point. PS3.3 equation C.7.6.2.1-1. */
export function toWorld(frame: Placed, { x, y }: Point): [number, number, number] {
  const { position, row, column } = worldPlane(frame);
  const { x: dx, y: dy } = frame.displaySpacing;
  const at = (axis: 0 | 1 | 2): number => position[axis] + row[axis] * dx * x + column[axis] * dy * y;
  return [at(0), at(1), at(2)];
}

/** The image point next to a world point: the inverse of `toWorld` in the plane. */
export function fromWorld(frame: Placed, point: ArrayLike<number>): Point {
  const { position, row, column } = worldPlane(frame);
  const along = (axis: Vector3): number =>
    axis[0] * ((point[0] ?? 0) - position[0]) +
    axis[1] * ((point[1] ?? 0) - position[1]) +
    axis[2] * ((point[2] ?? 0) - position[2]);
  return { x: along(row) / frame.displaySpacing.x, y: along(column) / frame.displaySpacing.y };
}
