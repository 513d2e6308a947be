import type { DataSet } from '@filmless/dicom';
import type { Mark } from '../marks/model.ts';
import { CODE, type Code, codeItem, DERIVATIONS, QUANTITY_CODES, UNIT_CODES } from './codes.ts';
import { containerOf, content, type Graphic, type ImageReference } from './content.ts';
import type { MeasuredValue } from './model.ts';

/** A mark with what was measured and the image it lies on. */
export interface ReportedMark {
  readonly mark: Mark;
  readonly values: readonly MeasuredValue[];
  readonly image: ImageReference;
  /** Who it is told apart by. */
  readonly name: string;
}

export interface ReportFacts {
  readonly observer: string;
  /** Of this installation. */
  readonly deviceUid: string;
  readonly marks: readonly ReportedMark[];
}

/** The content of a measurement report. PS3.16 TID 1500. */
export function measurementReport({ observer, deviceUid, marks }: ReportFacts): DataSet {
  return {
    '0040A040': { vr: 'CS', Value: ['CONTAINER'] },
    '0040A043': { vr: 'SQ', Value: [codeItem(CODE.report)] },
    ...containerOf('1500'),
    '0040A730': {
      vr: 'SQ',
      Value: [
        content.code('HAS CONCEPT MOD', CODE.language, CODE.vietnamese),
        ...observers(observer, deviceUid),
        content.code('HAS CONCEPT MOD', CODE.procedure, CODE.imaging),
        content.container('CONTAINS', CODE.measurements, marks.map(group)),
      ],
    },
  };
}

/** Who measured, and with what. PS3.16 TID 1001, 1003, 1004. */
export function observers(person: string, deviceUid: string): readonly DataSet[] {
  return [
    content.code('HAS OBS CONTEXT', CODE.observerType, CODE.person),
    content.person('HAS OBS CONTEXT', CODE.personName, person),
    content.code('HAS OBS CONTEXT', CODE.observerType, CODE.device),
    content.uid('HAS OBS CONTEXT', CODE.deviceUid, deviceUid),
    content.text('HAS OBS CONTEXT', CODE.deviceName, 'Filmless'),
  ];
}

function group(reported: ReportedMark): DataSet {
  const { mark, values, image, name } = reported;
  const region = regionOf(mark);
  const tracked = [
    content.text('HAS OBS CONTEXT', CODE.trackingId, name),
    content.uid('HAS OBS CONTEXT', CODE.trackingUid, uidOf(mark.id)),
  ];
  const numbers = values.map((value) => measured(value, mark, image));
  // PS3.16 TID 1410 for a region, TID 1501 for what is measured on lines.
  return region === undefined
    ? content.container('CONTAINS', CODE.group, [...tracked, ...numbers], '1501')
    : content.container(
        'CONTAINS',
        CODE.group,
        [...tracked, content.coordinates('CONTAINS', CODE.region, region, image), ...numbers],
        '1410',
      );
}

/** PS3.16 TID 300. */
function measured({ quantity, value, unit, lines }: MeasuredValue, { points }: Mark, image: ImageReference): DataSet {
  const [concept, derivation] = conceptOf(quantity, unit);
  const on = lines.map((line) =>
    content.coordinates(
      'INFERRED FROM',
      undefined,
      polyline(line.flatMap((at) => (points[at] === undefined ? [] : [points[at]]))),
      image,
    ),
  );
  return content.number('CONTAINS', concept, value, UNIT_CODES[unit], [
    ...(derivation === undefined ? [] : [content.code('HAS CONCEPT MOD', CODE.derivation, derivation)]),
    ...on,
  ]);
}

function conceptOf(quantity: MeasuredValue['quantity'], unit: MeasuredValue['unit']): readonly [Code, Code | undefined] {
  switch (quantity) {
    case 'mean':
    case 'deviation':
    case 'least':
    case 'greatest':
      return [unit === "[hnsf'U]" ? CODE.attenuation : CODE.pixelValue, DERIVATIONS[quantity]];
    default:
      return [QUANTITY_CODES[quantity], undefined];
  }
}

/** Marks count from the middle of the first pixel, reports from its outer corner. PS3.3 C.18.6.1.1. */
const HALF = 0.5;

function polyline(points: readonly (readonly number[])[]): Graphic {
  return { type: 'POLYLINE', data: points.flatMap(([x = 0, y = 0]) => [x + HALF, y + HALF]) };
}

/** Outline of what has an inside; undefined for lines. */
function regionOf({ tool, points }: Mark): Graphic | undefined {
  const [[x0 = 0, y0 = 0] = [], [x1 = 0, y1 = 0] = []] = points;
  const [left, right] = [Math.min(x0, x1), Math.max(x0, x1)];
  const [top, bottom] = [Math.min(y0, y1), Math.max(y0, y1)];
  switch (tool) {
    case 'rectangle':
      return polyline([
        [left, top],
        [right, top],
        [right, bottom],
        [left, bottom],
        [left, top],
      ]);
    case 'ellipse':
      return ellipse(left, top, right, bottom);
    case 'freehand':
      return polyline([...points, ...points.slice(0, 1)]);
    default:
      return undefined;
  }
}

/** By the ends of its longer axis, then of its shorter one. PS3.3 C.18.6.1.2. */
function ellipse(left: number, top: number, right: number, bottom: number): Graphic {
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const level = [left, y, right, y];
  const upright = [x, top, x, bottom];
  const data = right - left >= bottom - top ? [...level, ...upright] : [...upright, ...level];
  return { type: 'ELLIPSE', data: data.map((one) => one + HALF) };
}

/** The UID that stands for a UUID. PS3.5 B.2. */
function uidOf(uuid: string): string {
  return `2.25.${BigInt(`0x${uuid.replaceAll('-', '')}`)}`;
}
