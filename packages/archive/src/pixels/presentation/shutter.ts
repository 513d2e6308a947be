import { type DataSet, firstNumber, numbers, texts } from '@filmless/dicom';
import { type Bounded, MOST_POINTS } from './bounds.ts';
import type { Point, Shutter } from './model.ts';
import { STATE } from './tags.ts';

/** The display shutter of a state; of a bitmap see its overlay. PS3.3 C.7.6.11, C.11.12. */
export function readShutter(state: DataSet, bounded: Bounded): Shutter | undefined {
  const number = (tag: string, otherwise: number): number => firstNumber(state, tag) ?? otherwise;
  const shapes = texts(state, STATE.ShutterShape).flatMap((text): Shutter['shapes'] => {
    switch (text.trim()) {
      case 'RECTANGULAR':
        return [
          {
            kind: 'rectangle',
            left: number(STATE.ShutterLeft, 1) - 1,
            right: number(STATE.ShutterRight, 65_535) - 1,
            upper: number(STATE.ShutterUpper, 1) - 1,
            lower: number(STATE.ShutterLower, 65_535) - 1,
          },
        ];
      case 'CIRCULAR': {
        const [row = 1, column = 1] = numbers(state, STATE.CircleCenter);
        return [{ kind: 'circle', x: column - 1, y: row - 1, radius: number(STATE.CircleRadius, 0) }];
      }
      case 'POLYGONAL': {
        const flat = numbers(state, STATE.PolygonVertices);
        bounded.count(flat.length / 2, MOST_POINTS);
        // Row, then column.
        const points = Array.from(
          { length: flat.length >> 1 },
          (_, i): Point => [(flat[2 * i + 1] ?? 1) - 1, (flat[2 * i] ?? 1) - 1],
        );
        return [{ kind: 'polygon', points }];
      }
      default:
        return [];
    }
  });
  return shapes.length === 0
    ? undefined
    : { shapes, shade: Math.max(0, Math.min(255, Math.round(number(STATE.ShutterValue, 0) / 257))) };
}
