import { type DataSet, EXPLICIT_VR_LITTLE_ENDIAN, TAG, type Vr, writeDataSet, writeFileMeta } from '@filmless/dicom';

const CT = '1.2.840.10008.5.1.4.1.1.2';

/** A made-up patient, none of whose words occurs anywhere else. */
export interface Patient {
  readonly name: string;
  readonly id: string;
  readonly birthDate: string;
  readonly accession: string;
}

export interface PatientStudy {
  readonly study: string;
  readonly series: string;
  readonly sop: string;
  readonly studyDate: string;
  readonly studyTime: string;
}

/** A Part 10 file of one small image. */
export function patientFile(patient: Patient, study: PatientStudy): Uint8Array<ArrayBuffer> {
  const attribute = (vr: Vr, value: string | number | { readonly Alphabetic: string }) => ({ vr, Value: [value] });
  const dataSet: DataSet = {
    [TAG.SpecificCharacterSet]: attribute('CS', 'ISO_IR 192'),
    [TAG.SOPClassUID]: attribute('UI', CT),
    [TAG.SOPInstanceUID]: attribute('UI', study.sop),
    [TAG.StudyDate]: attribute('DA', study.studyDate),
    [TAG.StudyTime]: attribute('TM', study.studyTime),
    [TAG.AccessionNumber]: attribute('SH', patient.accession),
    [TAG.Modality]: attribute('CS', 'CT'),
    [TAG.PatientName]: attribute('PN', { Alphabetic: patient.name }),
    [TAG.PatientID]: attribute('LO', patient.id),
    [TAG.PatientBirthDate]: attribute('DA', patient.birthDate),
    [TAG.StudyInstanceUID]: attribute('UI', study.study),
    [TAG.SeriesInstanceUID]: attribute('UI', study.series),
    [TAG.SamplesPerPixel]: attribute('US', 1),
    [TAG.PhotometricInterpretation]: attribute('CS', 'MONOCHROME2'),
    [TAG.Rows]: attribute('US', 16),
    [TAG.Columns]: attribute('US', 16),
    [TAG.BitsAllocated]: attribute('US', 8),
    [TAG.BitsStored]: attribute('US', 8),
    [TAG.HighBit]: attribute('US', 7),
    [TAG.PixelRepresentation]: attribute('US', 0),
    [TAG.PixelData]: { vr: 'OB', InlineBinary: Buffer.alloc(256, 7).toString('base64') },
  };
  const meta = writeFileMeta({
    mediaStorageSopClassUid: CT,
    mediaStorageSopInstanceUid: study.sop,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  });
  return new Uint8Array(Buffer.concat([meta, writeDataSet(dataSet, { explicitVr: true })]));
}
