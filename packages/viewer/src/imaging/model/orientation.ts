import { type DataSet, TAG, texts } from '@filmless/dicom';
import type { Plane, Vector3 } from './geometry.ts';
import { axisTowards, type View } from './view.ts';

/** Letters on the edges of a picture: R L A P H F, as many as matter. PS3.3 C.7.6.1.1.1. */
export interface EdgeLetters {
  readonly top: string;
  readonly right: string;
  readonly bottom: string;
  readonly left: string;
}

const OPPOSITE: Readonly<Record<string, string>> = { R: 'L', L: 'R', A: 'P', P: 'A', H: 'F', F: 'H' };

/** The letters of a direction in the patient, the strongest first; a part below a fifth says nothing. */
export function directionLetters(direction: Vector3): string {
  const [x, y, z] = direction;
  const parts: readonly (readonly [number, string])[] = [
    [Math.abs(x), x < 0 ? 'R' : 'L'],
    [Math.abs(y), y < 0 ? 'A' : 'P'],
    [Math.abs(z), z < 0 ? 'F' : 'H'],
  ];
  return parts
    .filter(([size]) => size > 0.2)
    .sort(([a], [b]) => b - a)
    .slice(0, 2)
    .map(([, letter]) => letter)
    .join('');
}

/** The letters as the picture stands on the screen; undefined where the file gives no direction. */
export function edgeLetters(plane: Plane | undefined, dataSet: DataSet, view: View): EdgeLetters | undefined {
  const axes =
    plane === undefined
      ? patientOrientation(dataSet)
      : { row: directionLetters(plane.row), column: directionLetters(plane.column) };
  if (axes === undefined) {
    return undefined;
  }
  const towards = (x: number, y: number): string => {
    const axis = axisTowards(view, x, y);
    const letters = axis.x === 0 ? axes.column : axes.row;
    return axis.x + axis.y > 0 ? letters : opposite(letters);
  };
  return { top: towards(0, -1), right: towards(1, 0), bottom: towards(0, 1), left: towards(-1, 0) };
}

/** Directions of row and column of a projection, such as `A\F`. PS3.3 C.7.6.1.1.1. */
function patientOrientation(dataSet: DataSet): { readonly row: string; readonly column: string } | undefined {
  const [row, column] = texts(dataSet, TAG.PatientOrientation);
  const known = /^[RLAPHF]{1,3}$/;
  return row !== undefined && column !== undefined && known.test(row) && known.test(column) ? { row, column } : undefined;
}

function opposite(letters: string): string {
  return [...letters].map((letter) => OPPOSITE[letter] ?? letter).join('');
}
