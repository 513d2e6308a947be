import { deflateRawSync } from 'node:zlib';
import { type DataSet, writeDataSet } from '@filmless/dicom';
import { CONTEXT, SECONDARY_CAPTURE } from './pdus.ts';

/** Where an object of the attack belongs. */
export interface Names {
  readonly study: string;
  readonly series: string;
  readonly sop: string;
}

/** A whole small image with an attribute of every VR. */
export function allVrs({ study, series, sop }: Names, changes: DataSet = {}): DataSet {
  return {
    '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
    '00080016': { vr: 'UI', Value: [SECONDARY_CAPTURE] },
    '00080018': { vr: 'UI', Value: [sop] },
    '00080020': { vr: 'DA', Value: ['20260203'] },
    '00080030': { vr: 'TM', Value: ['101112.5'] },
    '0008002A': { vr: 'DT', Value: ['20260203101112.5+0700'] },
    '00080060': { vr: 'CS', Value: ['OT'] },
    '00080120': { vr: 'UR', Value: ['https://example.org/a'] },
    '00081032': { vr: 'SQ', Value: [{ '00080100': { vr: 'SH', Value: ['X'] } }, {}] },
    '00081140': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2.3'] } }] },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Nguyễn^Văn An', Ideographic: '阮^文安' }] },
    '00100020': { vr: 'LO', Value: ['HOSTILE'] },
    '00101010': { vr: 'AS', Value: ['042Y'] },
    '00101030': { vr: 'DS', Value: [61.5] },
    '00104000': { vr: 'LT', Value: ['one\r\ntwo'] },
    '0018115E': { vr: 'DS', Value: [1, null, 3] },
    '0020000D': { vr: 'UI', Value: [study] },
    '0020000E': { vr: 'UI', Value: [series] },
    '00200013': { vr: 'IS', Value: [1] },
    '00280002': { vr: 'US', Value: [1] },
    '00280004': { vr: 'CS', Value: ['MONOCHROME2'] },
    '00280009': { vr: 'AT', Value: ['00181063'] },
    '00280010': { vr: 'US', Value: [8] },
    '00280011': { vr: 'US', Value: [8] },
    '00280100': { vr: 'US', Value: [8] },
    '00280101': { vr: 'US', Value: [8] },
    '00280102': { vr: 'US', Value: [7] },
    '00280103': { vr: 'US', Value: [0] },
    '00281050': { vr: 'DS', Value: [128] },
    '00281051': { vr: 'DS', Value: [256] },
    '00400245': { vr: 'TM', Value: ['1011'] },
    '00420011': { vr: 'OB', InlineBinary: 'AQIDBA==' },
    '00660016': { vr: 'OF', InlineBinary: 'AACAPwAAAEA=' },
    '00720069': { vr: 'OD', InlineBinary: 'AAAAAAAA8D8=' },
    '00720078': { vr: 'UL', Value: [4_294_967_295] },
    '0072007A': { vr: 'SL', Value: [-2_147_483_648] },
    '0072007C': { vr: 'SS', Value: [-5] },
    '0072007E': { vr: 'ST', Value: ['text'] },
    '00720070': { vr: 'UT', Value: ['long text'] },
    '00720074': { vr: 'FD', Value: [0.1] },
    '00720076': { vr: 'FL', Value: [0.5] },
    '00720081': { vr: 'OV', InlineBinary: 'AQAAAAAAAAA=' },
    '00720082': { vr: 'SV', Value: [-7] },
    '00720083': { vr: 'UV', Value: [7] },
    '00720064': { vr: 'IS', Value: [12] },
    '0072006F': { vr: 'UC', Value: ['one', 'two'] },
    '00091001': { vr: 'UN', InlineBinary: 'AQID' },
    '7FE00010': { vr: 'OW', InlineBinary: Buffer.alloc(64, 7).toString('base64') },
    ...changes,
  };
}

/** Swaps nothing but headers: a data set without numbers, in Explicit VR Big Endian. PS3.5 7.3. */
function bigEndianTexts({ study, series, sop }: Names): Buffer {
  const element = (tag: string, vr: string, text: string) => {
    const value = Buffer.from(text.length % 2 === 0 ? text : `${text}${vr === 'UI' ? '\0' : ' '}`, 'latin1');
    return Buffer.concat([
      Buffer.from(tag, 'hex'),
      Buffer.from(vr),
      Buffer.from([value.byteLength >>> 8, value.byteLength & 0xff]),
      value,
    ]);
  };
  return Buffer.concat([
    element('00080016', 'UI', SECONDARY_CAPTURE),
    element('00080018', 'UI', sop),
    element('00080060', 'CS', 'OT'),
    element('00100010', 'PN', 'Big^Endian'),
    element('00100020', 'LO', 'HOSTILE'),
    element('0020000D', 'UI', study),
    element('0020000E', 'UI', series),
  ]);
}

/** The same object in each of the four encodings, by the presentation context it goes in. */
export function encodings(names: Names): readonly [EncodedDataSet, ...EncodedDataSet[]] {
  const dataSet = allVrs(names);
  const explicit = Buffer.from(writeDataSet(dataSet, { explicitVr: true }));
  return [
    { contextId: CONTEXT.explicit, bytes: explicit },
    { contextId: CONTEXT.implicit, bytes: Buffer.from(writeDataSet(dataSet, { explicitVr: false })) },
    { contextId: CONTEXT.deflated, bytes: deflateRawSync(explicit) },
    { contextId: CONTEXT.bigEndian, bytes: bigEndianTexts(names) },
  ];
}

export interface EncodedDataSet {
  readonly contextId: number;
  readonly bytes: Buffer;
}
