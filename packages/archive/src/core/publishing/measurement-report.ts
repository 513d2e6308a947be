import type { DataSet } from '@filmless/dicom';
import type { Mark } from '../marks/model.ts';
import { CODE, type Code, codeItem, DERIVATIONS, QUANTITY_CODES, UNIT_CODES } from './codes.ts';
import { containerOf, content, type ImageReference } from './content.ts';
import { polyline, regionOf } from './mark-graphic.ts';
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

/** The UID that stands for a UUID. PS3.5 B.2. */
function uidOf(uuid: string): string {
  return `2.25.${BigInt(`0x${uuid.replaceAll('-', '')}`)}`;
}
