import type { Attribute, DataSet } from '@filmless/dicom';
import { type Code, codeItem } from './codes.ts';
import type { Graphic } from './mark-graphic.ts';

/** How an item of content belongs to the one it is below. PS3.3 C.17.3.2.4. */
export type Relation = 'CONTAINS' | 'HAS CONCEPT MOD' | 'HAS OBS CONTEXT' | 'INFERRED FROM' | 'SELECTED FROM' | 'HAS PROPERTIES';

/** An image, or frames of it, in a content tree. */
export interface ImageReference {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  /** From 1; none: all of it. */
  readonly frames: readonly number[];
}

const sequence = (...items: readonly DataSet[]): Attribute => ({ vr: 'SQ', Value: items });

function item(
  relation: Relation,
  type: string,
  concept: Code | undefined,
  more: DataSet,
  children: readonly DataSet[] = [],
): DataSet {
  return {
    '0040A010': { vr: 'CS', Value: [relation] },
    '0040A040': { vr: 'CS', Value: [type] },
    ...(concept === undefined ? {} : { '0040A043': sequence(codeItem(concept)) }),
    ...more,
    ...(children.length === 0 ? {} : { '0040A730': sequence(...children) }),
  };
}

/** PS3.3 C.17.3, C.18: items of content by their value type. */
export const content = {
  container: (relation: Relation, concept: Code, children: readonly DataSet[], template?: string): DataSet =>
    item(relation, 'CONTAINER', concept, containerOf(template), children),
  code: (relation: Relation, concept: Code, code: Code, children: readonly DataSet[] = []): DataSet =>
    item(relation, 'CODE', concept, { '0040A168': sequence(codeItem(code)) }, children),
  text: (relation: Relation, concept: Code, text: string): DataSet =>
    item(relation, 'TEXT', concept, { '0040A160': { vr: 'UT', Value: [text] } }),
  uid: (relation: Relation, concept: Code, uid: string): DataSet =>
    item(relation, 'UIDREF', concept, { '0040A124': { vr: 'UI', Value: [uid] } }),
  person: (relation: Relation, concept: Code, name: string): DataSet =>
    item(relation, 'PNAME', concept, { '0040A123': { vr: 'PN', Value: [{ Alphabetic: name }] } }),
  number: (relation: Relation, concept: Code, value: number, unit: Code, children: readonly DataSet[]): DataSet =>
    item(
      relation,
      'NUM',
      concept,
      {
        '0040A300': sequence({
          '0040A30A': { vr: 'DS', Value: [decimal(value)] },
          '004008EA': sequence(codeItem(unit)),
        }),
      },
      children,
    ),
  coordinates: (relation: Relation, concept: Code | undefined, { type, data }: Graphic, image: ImageReference): DataSet =>
    item(relation, 'SCOORD', concept, { '00700022': { vr: 'FL', Value: [...data] }, '00700023': { vr: 'CS', Value: [type] } }, [
      content.image('SELECTED FROM', image),
    ]),
  image: (relation: Relation, { sopClassUid, sopInstanceUid, frames }: ImageReference): DataSet =>
    item(relation, 'IMAGE', undefined, {
      '00081199': sequence({
        '00081150': { vr: 'UI', Value: [sopClassUid] },
        '00081155': { vr: 'UI', Value: [sopInstanceUid] },
        ...(frames.length === 0 ? {} : { '00081160': { vr: 'IS', Value: [...frames] } as const }),
      }),
    }),
};

/** Continuity of content, and the template it is of. PS3.3 C.18.8. */
export function containerOf(template: string | undefined): DataSet {
  return {
    '0040A050': { vr: 'CS', Value: ['SEPARATE'] },
    ...(template === undefined
      ? {}
      : {
          '0040A504': sequence({
            '00080105': { vr: 'CS', Value: ['DCMR'] },
            '0040DB00': { vr: 'CS', Value: [template] },
          }),
        }),
  };
}

/** At most 16 characters. PS3.5 6.2 DS. */
export function decimal(value: number): string {
  const text = String(value);
  return text.length <= 16 ? text : value.toPrecision(9).length <= 16 ? value.toPrecision(9) : value.toExponential(8);
}
