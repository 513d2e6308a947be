import { type Attribute, type DataSet, firstText, type MutableDataSet, newUid, TAG, type TagKey, type Vr } from '@filmless/dicom';
import type { PersonFacts } from '../imports/model.ts';
import type { OrderDocument } from '../orders/model.ts';
import type { DocumentKind } from './model.ts';

/** What the new object says of itself. */
export interface DocumentFacts {
  readonly kind: DocumentKind;
  readonly title: string;
  /** `YYYYMMDD` and, where it is known, `HHMMSS`. */
  readonly date: string;
  readonly time: string | undefined;
  readonly by: string;
  /** `YYYYMMDD`, `HHMMSS`: local. */
  readonly now: { readonly date: string; readonly time: string };
}

/** Of patient and study: what a further object of the study has to repeat. PS3.3 C.7.1.1, C.7.2.1, C.7.2.2. */
const OF_STUDY: readonly TagKey[] = [
  TAG.PatientName,
  TAG.PatientID,
  TAG.IssuerOfPatientID,
  '00100024',
  TAG.PatientBirthDate,
  TAG.PatientSex,
  '00101000',
  '00101002',
  TAG.StudyInstanceUID,
  TAG.StudyDate,
  TAG.StudyTime,
  TAG.ReferringPhysicianName,
  TAG.StudyID,
  TAG.AccessionNumber,
  '00080051',
  TAG.StudyDescription,
  '00081032',
  '00101010',
];
/** Type 2: there, if only empty. */
const NEEDED: Readonly<Record<TagKey, Vr>> = {
  [TAG.PatientName]: 'PN',
  [TAG.PatientID]: 'LO',
  [TAG.PatientBirthDate]: 'DA',
  [TAG.PatientSex]: 'CS',
  [TAG.StudyDate]: 'DA',
  [TAG.StudyTime]: 'TM',
  [TAG.ReferringPhysicianName]: 'PN',
  [TAG.StudyID]: 'SH',
  [TAG.AccessionNumber]: 'SH',
};

/** SOP Class and Modality by kind. PS3.4 B.5, PS3.3 C.7.3.1.1.1. */
const CLASSES: Readonly<Record<DocumentKind, { readonly sopClass: string; readonly modality: string }>> = {
  pdf: { sopClass: '1.2.840.10008.5.1.4.1.1.104.1', modality: 'DOC' },
  photo: { sopClass: '1.2.840.10008.5.1.4.1.1.77.1.4', modality: 'XC' },
  capture: { sopClass: '1.2.840.10008.5.1.4.1.1.7', modality: 'OT' },
};

function value(vr: Vr, ...values: readonly (string | number)[]): Attribute {
  return values.length === 0 || values[0] === '' ? { vr } : { vr, Value: values };
}

/** Patient and study as an object of the study has them. */
export function ofStudy(header: DataSet): DataSet {
  const found: MutableDataSet = {};
  for (const tag of OF_STUDY) {
    const attribute = header[tag];
    if (attribute !== undefined && attribute.BulkDataURI === undefined) {
      found[tag] = attribute;
    }
  }
  return withNeeded(found);
}

/** Patient and study of an order that has no image yet. */
export function ofOrder(order: OrderDocument, attributes: DataSet, patient: PersonFacts): DataSet {
  const start = order.steps[0]?.start ?? '';
  return withNeeded({
    ...attributes,
    [TAG.PatientSex]: value('CS', patient.sex),
    [TAG.StudyInstanceUID]: value('UI', order.studyInstanceUid),
    [TAG.StudyDate]: value('DA', start.slice(0, 10).replaceAll('-', '')),
    [TAG.StudyTime]: value('TM', start.slice(11, 19).replaceAll(':', '')),
    [TAG.StudyID]: value('SH', order.requestedProcedureId.slice(0, 16)),
    [TAG.StudyDescription]: value('LO', (order.description ?? '').slice(0, 64)),
  });
}

function withNeeded(found: DataSet): DataSet {
  const missing = Object.entries(NEEDED).filter(([tag]) => found[tag] === undefined);
  return { ...found, ...Object.fromEntries(missing.map(([tag, vr]) => [tag, { vr }])) };
}

/** Series, equipment and SOP Common modules of a document made here. PS3.3 A.45.1, A.32.4, A.8.1. */
export function documentHeader(study: DataSet, { kind, title, date, time, by, now }: DocumentFacts): DataSet {
  const { sopClass, modality } = CLASSES[kind];
  const moment = `${date}${time ?? ''}`;
  return {
    ...study,
    [TAG.InstanceCreationDate]: value('DA', now.date),
    [TAG.InstanceCreationTime]: value('TM', now.time),
    [TAG.SOPClassUID]: value('UI', sopClass),
    [TAG.SOPInstanceUID]: value('UI', newUid()),
    [TAG.SeriesDate]: value('DA', now.date),
    [TAG.ContentDate]: value('DA', date),
    [TAG.ContentTime]: value('TM', time ?? ''),
    [TAG.AcquisitionDateTime]: value('DT', moment),
    [TAG.SeriesTime]: value('TM', now.time),
    [TAG.Modality]: value('CS', modality),
    // Made at a workstation, from what a camera or a scanner gave. PS3.3 C.8.6.1.
    ...(kind === 'photo' ? {} : { [TAG.ConversionType]: value('CS', 'WSD') }),
    [TAG.Manufacturer]: value('LO', 'Filmless'),
    [TAG.SeriesDescription]: value('LO', title.slice(0, 64)),
    [TAG.OperatorsName]: { vr: 'PN', Value: [{ Alphabetic: by.replaceAll(/[\\^=]/g, ' ').slice(0, 64) }] },
    [TAG.SeriesInstanceUID]: value('UI', newUid()),
    // Behind those of machines: what was added comes last.
    [TAG.SeriesNumber]: value('IS', 9000),
    [TAG.InstanceNumber]: value('IS', 1),
  };
}

/** Encapsulated Document module. PS3.3 C.24.2. */
export function pdfAttributes(title: string, length: number): DataSet {
  return {
    '00280301': value('CS', 'YES'),
    '0040A043': { vr: 'SQ' },
    '00420010': value('ST', title),
    '00420012': value('LO', 'application/pdf'),
    '00420015': value('UL', length),
  };
}

export interface PictureFacts {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: 1 | 3;
  readonly photometric: 'MONOCHROME2' | 'RGB' | 'YBR_FULL_422';
  readonly kind: 'photo' | 'capture';
  /** Bytes it takes as it was compressed with loss, once. */
  readonly lossyBytes: number | undefined;
  readonly title: string;
}

/** Image Pixel and VL or SC Image modules. PS3.3 C.7.6.3, C.8.12.1, C.8.6.2. */
export function pictureAttributes(facts: PictureFacts): DataSet {
  const { rows, columns, samplesPerPixel, photometric, kind, lossyBytes, title } = facts;
  const ratio = lossyBytes === undefined ? 1 : (rows * columns * samplesPerPixel) / lossyBytes;
  return {
    [TAG.ImageType]: kind === 'photo' ? value('CS', 'ORIGINAL', 'PRIMARY') : value('CS', 'DERIVED', 'SECONDARY'),
    [TAG.PatientOrientation]: { vr: 'CS' },
    [TAG.ImageComments]: value('LT', title),
    [TAG.SamplesPerPixel]: value('US', samplesPerPixel),
    [TAG.PhotometricInterpretation]: value('CS', photometric),
    ...(samplesPerPixel === 3 ? { [TAG.PlanarConfiguration]: value('US', 0) } : {}),
    [TAG.Rows]: value('US', rows),
    [TAG.Columns]: value('US', columns),
    [TAG.BitsAllocated]: value('US', 8),
    [TAG.BitsStored]: value('US', 8),
    [TAG.HighBit]: value('US', 7),
    [TAG.PixelRepresentation]: value('US', 0),
    [TAG.LossyImageCompression]: value('CS', lossyBytes === undefined ? '00' : '01'),
    ...(lossyBytes === undefined ? {} : { '00282112': value('DS', ratio.toFixed(2)), '00282114': value('CS', 'ISO_10918_1') }),
    ...(kind === 'photo' ? { '00400555': { vr: 'SQ' } as const } : {}),
  };
}

/** The ids of what was made. */
export function idsOf(dataSet: DataSet): {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
} {
  return {
    studyInstanceUid: firstText(dataSet, TAG.StudyInstanceUID) ?? '',
    seriesInstanceUid: firstText(dataSet, TAG.SeriesInstanceUID) ?? '',
    sopInstanceUid: firstText(dataSet, TAG.SOPInstanceUID) ?? '',
  };
}
