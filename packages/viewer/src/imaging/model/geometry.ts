/** A point of the image in pixels: (0, 0) is the middle of the first pixel, x runs along a row, y down a column. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export type Vector3 = readonly [number, number, number];

export function dot(a: Vector3, b: Vector3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

export function cross(a: Vector3, b: Vector3): Vector3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** Where the image lies in the patient, in mm. PS3.3 C.7.6.2. */
export interface Plane {
  /** Middle of the first pixel; undefined where the object gives an orientation only. */
  readonly position?: Vector3;
  /** Unit vector along a row. */
  readonly row: Vector3;
  /** Unit vector down a column. */
  readonly column: Vector3;
}

export function normal(plane: Plane): Vector3 {
  return cross(plane.row, plane.column);
}
