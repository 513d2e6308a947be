import type { Attribute, DataSet, TagKey } from '../dataset/model.ts';
import type { Vr } from '../vr.ts';

/** Stands where a text must stand. */
const REMOVED = 'REMOVED';

const TEXT: Attribute['Value'] = [REMOVED];

/** A value of each VR that says nothing; of UIDs there is none. PS3.15 table E.1-1a, D. */
const DUMMIES: Readonly<Record<Exclude<Vr, 'SQ' | 'UI'>, Pick<Attribute, 'Value' | 'InlineBinary'>>> = {
  AE: { Value: TEXT },
  AS: { Value: ['000Y'] },
  AT: { Value: ['00000000'] },
  CS: { Value: TEXT },
  DA: { Value: ['19000101'] },
  DS: { Value: [0] },
  DT: { Value: ['19000101000000'] },
  FL: { Value: [0] },
  FD: { Value: [0] },
  IS: { Value: [0] },
  LO: { Value: TEXT },
  LT: { Value: TEXT },
  OB: { InlineBinary: 'AAA=' },
  OD: { InlineBinary: 'AAAAAAAAAAA=' },
  OF: { InlineBinary: 'AAAAAA==' },
  OL: { InlineBinary: 'AAAAAA==' },
  OV: { InlineBinary: 'AAAAAAAAAAA=' },
  OW: { InlineBinary: 'AAA=' },
  PN: { Value: [{ Alphabetic: REMOVED }] },
  SH: { Value: TEXT },
  SL: { Value: [0] },
  SS: { Value: [0] },
  ST: { Value: TEXT },
  SV: { Value: [0] },
  TM: { Value: ['000000'] },
  UC: { Value: TEXT },
  UL: { Value: [0] },
  UN: { InlineBinary: 'AAA=' },
  UR: { Value: ['urn:removed'] },
  US: { Value: [0] },
  UT: { Value: TEXT },
  UV: { Value: [0] },
};

const CODE: DataSet = {
  '00080100': { vr: 'SH', Value: [REMOVED] },
  '00080102': { vr: 'SH', Value: ['99FILMLESS'] },
  '00080104': { vr: 'LO', Value: [REMOVED] },
};

/** (121106, DCM, "Comment") as its own text. PS3.3 C.17.3. */
const CONTENT_ITEM: DataSet = {
  '0040A010': { vr: 'CS', Value: ['CONTAINS'] },
  '0040A040': { vr: 'CS', Value: ['TEXT'] },
  '0040A043': {
    vr: 'SQ',
    Value: [
      {
        '00080100': { vr: 'SH', Value: ['121106'] },
        '00080102': { vr: 'SH', Value: ['DCM'] },
        '00080104': { vr: 'LO', Value: ['Comment'] },
      },
    ],
  },
  '0040A160': { vr: 'UT', Value: [REMOVED] },
};

/** A text at the upper left. PS3.3 C.10.5. */
const GRAPHIC_ANNOTATION: DataSet = {
  '00700002': { vr: 'CS', Value: [REMOVED] },
  '00700008': {
    vr: 'SQ',
    Value: [
      {
        '00700004': { vr: 'CS', Value: ['PIXEL'] },
        '00700006': { vr: 'ST', Value: [REMOVED] },
        '00700014': { vr: 'FL', Value: [1, 1] },
        '00700015': { vr: 'CS', Value: ['N'] },
      },
    ],
  },
};

/** What stands in the place of a sequence's items. Of one that is not named here, the items are looked at each. */
const DUMMY_ITEMS: Readonly<Record<TagKey, DataSet>> = {
  '00080082': CODE,
  '00401101': CODE,
  '00700001': GRAPHIC_ANNOTATION,
  '0040A730': CONTENT_ITEM,
};

/** Enumerated values a dummy must be one of. */
const DUMMY_VALUES: Readonly<Record<TagKey, Attribute['Value']>> = { '04000565': ['COERCE'] };

/** An attribute of a VR with a dummy value. */
export function dummy(tag: TagKey, vr: Exclude<Vr, 'SQ' | 'UI'>): Attribute {
  const Value = DUMMY_VALUES[tag];
  return { vr, ...(Value === undefined ? DUMMIES[vr] : { Value }) };
}

export function dummyItem(tag: TagKey): DataSet | undefined {
  return DUMMY_ITEMS[tag];
}
