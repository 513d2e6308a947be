import { type DataSet, EXPLICIT_VR_LITTLE_ENDIAN, writeDataSet } from '@filmless/dicom';

export const SECONDARY_CAPTURE = '1.2.840.10008.5.1.4.1.1.7';

/** A small whole object: a data set with its UIDs, as bytes in Explicit VR Little Endian. */
export interface TestObject {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly transferSyntaxUid: string;
  readonly bytes: Uint8Array;
}

export function testObject(number: number, changes: DataSet = {}): TestObject {
  const studyInstanceUid = '2.25.100';
  const seriesInstanceUid = '2.25.100.1';
  const sopInstanceUid = `2.25.100.1.${number}`;
  const dataSet: DataSet = {
    '00080016': { vr: 'UI', Value: [SECONDARY_CAPTURE] },
    '00080018': { vr: 'UI', Value: [sopInstanceUid] },
    '00080060': { vr: 'CS', Value: ['OT'] },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Do^Thi Duong' }] },
    '0020000D': { vr: 'UI', Value: [studyInstanceUid] },
    '0020000E': { vr: 'UI', Value: [seriesInstanceUid] },
    '00280010': { vr: 'US', Value: [number % 256] },
    ...changes,
  };
  const bytes = writeDataSet(dataSet, { explicitVr: true });
  return {
    sopClassUid: SECONDARY_CAPTURE,
    sopInstanceUid,
    studyInstanceUid,
    seriesInstanceUid,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    bytes,
  };
}
