import { type DataSet, firstNumber, firstText, items, numbers, TAG } from '@filmless/dicom';
import { Bounded, MOST_CHARACTERS, MOST_POINTS, MOST_TEXTS } from './bounds.ts';
import { readLayers } from './layers.ts';
import type { LineMark, Point, TextMark, Units } from './model.ts';
import { isFor, type Subject } from './references.ts';
import { STATE } from './tags.ts';

/** Corners of what stands for a circle. */
const ROUND = 90;
/** Pieces of a curve between two of its points. */
const SMOOTH = 8;

export interface Graphics {
  readonly lines: readonly LineMark[];
  readonly texts: readonly TextMark[];
}

/** What a state draws over the image, the lowest layer first. PS3.3 C.10.5. @throws ArchiveError `limit-exceeded` */
export function readGraphics(state: DataSet, subject: Subject): Graphics {
  const layerOf = readLayers(state);
  const annotations = items(state, TAG.GraphicAnnotationSequence)
    .filter((item) => isFor(item, subject))
    .map((item) => ({ item, layer: layerOf(firstText(item, STATE.GraphicLayer)) }))
    .toSorted((a, b) => a.layer.order - b.layer.order);
  const points = new Bounded();
  const lines = annotations.flatMap(({ item, layer }) =>
    items(item, STATE.GraphicObjects).map((object): LineMark => ({ ...lineOf(object, points), colour: layer.colour })),
  );
  const counted = new Bounded();
  const texts = annotations.flatMap(({ item, layer }) =>
    items(item, STATE.TextObjects).map((object) => {
      counted.count(1, MOST_TEXTS);
      return { ...textOf(object), colour: layer.colour };
    }),
  );
  const anchors = annotations.flatMap(({ item, layer }) =>
    items(item, STATE.TextObjects).flatMap((object) => anchorOf(object).map((line) => ({ ...line, colour: layer.colour }))),
  );
  return { lines: [...lines, ...anchors], texts };
}

function unitsOf(item: DataSet, tag: string): Units {
  return firstText(item, tag)?.trim() === 'DISPLAY' ? 'display' : 'pixel';
}

function pointOf(item: DataSet, tag: string): Point | undefined {
  const [x, y] = numbers(item, tag);
  return x === undefined || y === undefined ? undefined : [x, y];
}

function lineOf(object: DataSet, bounded: Bounded): Omit<LineMark, 'colour'> {
  const flat = numbers(object, STATE.GraphicData);
  const count = Math.min(flat.length >> 1, firstNumber(object, STATE.GraphicPoints) ?? Number.POSITIVE_INFINITY);
  const given = Array.from({ length: count }, (_, i): Point => [flat[2 * i] ?? 0, flat[2 * i + 1] ?? 0]);
  const points = shapeOf(firstText(object, STATE.GraphicType)?.trim() ?? '', given);
  bounded.count(points.length, MOST_POINTS);
  const filled = firstText(object, STATE.GraphicFilled)?.trim() === 'Y';
  return { units: unitsOf(object, STATE.GraphicUnits), points, filled };
}

/** PS3.3 C.10.5.1.2. */
function shapeOf(type: string, given: readonly Point[]): readonly Point[] {
  const [first, second, third, fourth] = given;
  if (type === 'CIRCLE' && first !== undefined && second !== undefined) {
    const radius = Math.hypot(second[0] - first[0], second[1] - first[1]);
    return oval(first, [radius, 0], [0, radius]);
  }
  if (type === 'ELLIPSE' && first !== undefined && second !== undefined && third !== undefined && fourth !== undefined) {
    const half = (from: Point, to: Point): Point => [(to[0] - from[0]) / 2, (to[1] - from[1]) / 2];
    return oval([(first[0] + second[0]) / 2, (first[1] + second[1]) / 2], half(first, second), half(third, fourth));
  }
  return type === 'INTERPOLATED' ? smooth(given) : given;
}

function oval(centre: Point, major: Point, minor: Point): readonly Point[] {
  return Array.from({ length: ROUND + 1 }, (_, i): Point => {
    const [across, down] = [Math.cos((2 * Math.PI * i) / ROUND), Math.sin((2 * Math.PI * i) / ROUND)];
    return [centre[0] + across * major[0] + down * minor[0], centre[1] + across * major[1] + down * minor[1]];
  });
}

/** A curve through all points, by Catmull and Rom: the standard leaves open which. */
function smooth(given: readonly Point[]): readonly Point[] {
  const at = (index: number): Point => given[Math.max(0, Math.min(given.length - 1, index))] ?? [0, 0];
  const curve = given.slice(1).flatMap((_, index) => {
    const [before, from, to, after] = [at(index - 1), at(index), at(index + 1), at(index + 2)];
    return Array.from({ length: SMOOTH }, (__, step): Point => {
      const t = step / SMOOTH;
      const mix = (axis: 0 | 1): number =>
        0.5 *
        (2 * from[axis] +
          (to[axis] - before[axis]) * t +
          (2 * before[axis] - 5 * from[axis] + 4 * to[axis] - after[axis]) * t ** 2 +
          (3 * from[axis] - before[axis] - 3 * to[axis] + after[axis]) * t ** 3);
      return [mix(0), mix(1)];
    });
  });
  return [...curve, ...given.slice(-1)];
}

const JUSTIFIED: ReadonlyMap<string, TextMark['justified']> = new Map([
  ['CENTER', 'center'],
  ['RIGHT', 'right'],
]);

function textOf(object: DataSet): Omit<TextMark, 'colour'> {
  const box = pointOf(object, STATE.BoundingBoxTopLeft);
  const anchor = pointOf(object, STATE.AnchorPoint) ?? [1, 1];
  return {
    units: unitsOf(object, box === undefined ? STATE.AnchorPointUnits : STATE.BoundingBoxUnits),
    at: box ?? anchor,
    to: box && pointOf(object, STATE.BoundingBoxBottomRight),
    justified: JUSTIFIED.get(firstText(object, STATE.TextJustification)?.trim() ?? '') ?? 'left',
    text: (firstText(object, STATE.TextValue) ?? '').slice(0, MOST_CHARACTERS),
  };
}

/** From a text to what it speaks of, where both are measured alike. */
function anchorOf(object: DataSet): readonly Omit<LineMark, 'colour'>[] {
  const box = pointOf(object, STATE.BoundingBoxTopLeft);
  const anchor = pointOf(object, STATE.AnchorPoint);
  const units = unitsOf(object, STATE.AnchorPointUnits);
  const isSeen = firstText(object, STATE.AnchorPointVisible)?.trim() === 'Y';
  if (box === undefined || anchor === undefined || !isSeen || units !== unitsOf(object, STATE.BoundingBoxUnits)) {
    return [];
  }
  return [{ units, points: [box, anchor], filled: false }];
}
