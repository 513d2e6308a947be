import { deflateRawSync } from 'node:zlib';
import {
  type DataSet,
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  type MutableDataSet,
  type PersonNameJson,
  TAG,
  type Vr,
  writeDataSet,
  writeFileMeta,
} from '@filmless/dicom';

const CT = '1.2.840.10008.5.1.4.1.1.2';

/** One attribute of a data set under construction. */
export function attribute(vr: Vr, ...values: readonly (string | number | PersonNameJson | DataSet)[]): DataSet[string] {
  return { vr, Value: values };
}

export interface ObjectFacts {
  readonly study?: string;
  readonly series?: string;
  readonly sop?: string;
  readonly number?: number;
  readonly more?: DataSet;
  /** Bytes of 8-bit pixel data, 4 x 4. */
  readonly pixel?: number;
}

/** A small CT image as a data set. */
export function dataSetOf(facts: ObjectFacts = {}): DataSet {
  const study = facts.study ?? '1.2.3';
  const series = facts.series ?? `${study}.1`;
  const number = facts.number ?? 1;
  const dataSet: MutableDataSet = {
    [TAG.SpecificCharacterSet]: attribute('CS', 'ISO_IR 192'),
    [TAG.SOPClassUID]: attribute('UI', CT),
    [TAG.SOPInstanceUID]: attribute('UI', facts.sop ?? `${series}.${number}`),
    [TAG.StudyDate]: attribute('DA', '20260227'),
    [TAG.StudyTime]: attribute('TM', '093000'),
    [TAG.AccessionNumber]: attribute('SH', 'A-100'),
    [TAG.Modality]: attribute('CS', 'CT'),
    [TAG.PatientName]: attribute('PN', { Alphabetic: 'Đỗ^Thị Dương' }),
    [TAG.PatientID]: attribute('LO', 'P1'),
    [TAG.StudyInstanceUID]: attribute('UI', study),
    [TAG.SeriesInstanceUID]: attribute('UI', series),
    [TAG.SeriesNumber]: attribute('IS', 1),
    [TAG.InstanceNumber]: attribute('IS', number),
    [TAG.SamplesPerPixel]: attribute('US', 1),
    [TAG.PhotometricInterpretation]: attribute('CS', 'MONOCHROME2'),
    [TAG.Rows]: attribute('US', 4),
    [TAG.Columns]: attribute('US', 4),
    [TAG.BitsAllocated]: attribute('US', 8),
    [TAG.BitsStored]: attribute('US', 8),
    [TAG.HighBit]: attribute('US', 7),
    [TAG.PixelRepresentation]: attribute('US', 0),
    ...facts.more,
    [TAG.PixelData]: { vr: 'OB', InlineBinary: Buffer.alloc(16, facts.pixel ?? 7).toString('base64') },
  };
  return Object.fromEntries(Object.entries(dataSet).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A data set as a Part 10 file in Explicit VR Little Endian. */
export function fileOf(dataSet: DataSet): Uint8Array {
  const uid = (tag: string) => String(dataSet[tag]?.Value?.[0] ?? '1.2');
  const meta = writeFileMeta({
    mediaStorageSopClassUid: uid(TAG.SOPClassUID),
    mediaStorageSopInstanceUid: uid(TAG.SOPInstanceUID),
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  });
  return Buffer.concat([meta, writeDataSet(dataSet, { explicitVr: true })]);
}

export function objectFile(facts: ObjectFacts = {}): Uint8Array {
  return fileOf(dataSetOf(facts));
}

/** The same image in Deflated Explicit VR Little Endian. PS3.5 A.5. */
export function deflatedFile(facts: ObjectFacts = {}): Uint8Array {
  const dataSet = dataSetOf(facts);
  const meta = writeFileMeta({
    mediaStorageSopClassUid: CT,
    mediaStorageSopInstanceUid: String(dataSet[TAG.SOPInstanceUID]?.Value?.[0] ?? ''),
    transferSyntaxUid: DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  });
  return Buffer.concat([meta, deflateRawSync(writeDataSet(dataSet, { explicitVr: true }))]);
}
