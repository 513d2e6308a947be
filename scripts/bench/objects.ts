import { randomInt } from 'node:crypto';
import { type DataSet, lookupTag, type MutableDataSet, tagOf, writeDataSet } from '@filmless/dicom';

/** Instances of a study, which has one series: a CT volume, and a small study so that there are many to search. */
export const STUDY_SIZE = { ct: 100, small: 10 } as const;

export const CT_IMAGE_STORAGE = '1.2.840.10008.5.1.4.1.1.2';
/** Four letters each: a value is written over another of its length. */
const NAMES = ['ALFA', 'ECHO', 'GOLF', 'KILO', 'LIMA', 'MIKE', 'PAPA', 'ZULU'] as const;

export interface Study {
  readonly study: string;
  readonly series: string;
  readonly patientId: string;
  readonly patientName: string;
  readonly accession: string;
}

/** The images of one C-STORE line: one encoded data set, and what differs from instance to instance. */
export interface Batch {
  readonly dataSet: Uint8Array;
  readonly studies: readonly Study[];
  readonly perStudy: number;
  /** %-format of the numbers of study and instance. */
  readonly instanceUid: string;
  /** Where in the data set the values lie that differ. */
  readonly fields: readonly (readonly [offset: number, name: keyof Study | 'instance' | 'number'])[];
}

/** What the batch calls an instance; both numbers count from zero. */
export function instanceUidOf(batch: Batch, study: number, index: number): string {
  const digits = (value: number) => String(value).padStart(6, '0');
  return batch.instanceUid.replace('%06d', digits(study)).replace('%06d', digits(index));
}

export type Values = Readonly<Record<string, string | number | readonly (string | number)[]>>;

/** What is the same in every image; about what a scanner writes. */
const CT_VALUES: Values = {
  SpecificCharacterSet: 'ISO_IR 192',
  ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL', 'CT_SOM5 SPI'],
  InstanceCreationDate: '20260314',
  InstanceCreationTime: '081530.123000',
  SOPClassUID: CT_IMAGE_STORAGE,
  StudyDate: '20260314',
  SeriesDate: '20260314',
  AcquisitionDate: '20260314',
  ContentDate: '20260314',
  StudyTime: '081012.000000',
  SeriesTime: '081455.250000',
  AcquisitionTime: '081502.118000',
  ContentTime: '081502.118000',
  Modality: 'CT',
  Manufacturer: 'FILMLESS BENCHMARK',
  InstitutionName: 'BENCHMARK',
  ReferringPhysicianName: 'NOBODY',
  StationName: 'CT99999',
  StudyDescription: 'Thorax routine',
  SeriesDescription: 'Thorax 1.0 B60f',
  ManufacturerModelName: 'PHANTOM 64',
  PatientBirthDate: '19700101',
  PatientSex: 'O',
  PatientAge: '056Y',
  BodyPartExamined: 'CHEST',
  ScanOptions: 'SPIRAL',
  SliceThickness: '1',
  KVP: '120',
  DataCollectionDiameter: '500',
  SoftwareVersions: 'VA44A',
  ProtocolName: 'Thorax routine',
  ReconstructionDiameter: '360',
  DistanceSourceToDetector: '1040',
  DistanceSourceToPatient: '570',
  GantryDetectorTilt: '0',
  TableHeight: '142',
  RotationDirection: 'CW',
  ExposureTime: '500',
  XRayTubeCurrent: '210',
  Exposure: '105',
  FilterType: '0',
  GeneratorPower: '52',
  FocalSpots: '1.2',
  DateOfLastCalibration: '20260301',
  TimeOfLastCalibration: '060000.000000',
  ConvolutionKernel: 'B60f',
  PatientPosition: 'HFS',
  StudyID: '1',
  SeriesNumber: '2',
  AcquisitionNumber: '2',
  InstanceNumber: '   1',
  ImagePositionPatient: ['-179.6484375', '-321.6484375', '-120.5'],
  ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
  PositionReferenceIndicator: '',
  SliceLocation: '-120.5',
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  PixelSpacing: ['0.703125', '0.703125'],
  BitsAllocated: 16,
  BitsStored: 12,
  HighBit: 11,
  PixelRepresentation: 0,
  WindowCenter: ['-500', '50'],
  WindowWidth: ['1500', '350'],
  RescaleIntercept: '-1024',
  RescaleSlope: '1',
  RescaleType: 'HU',
};

function header(size: number, study: Study, instance: string): Values {
  return {
    ...CT_VALUES,
    SOPInstanceUID: instance,
    AccessionNumber: study.accession,
    PatientName: study.patientName,
    PatientID: study.patientId,
    StudyInstanceUID: study.study,
    SeriesInstanceUID: study.series,
    FrameOfReferenceUID: study.series,
    Rows: size,
    Columns: size,
  };
}

/** A disc of tissue in air, with noise: the rendered image has something in it. */
function pixels(size: number): Uint8Array {
  const values = new Uint16Array(size * size);
  let noise = 12_345;
  for (const [at] of values.entries()) {
    noise = (noise * 1_103_515_245 + 12_345) % 2_147_483_648;
    const [x, y] = [(at % size) - size / 2, Math.floor(at / size) - size / 2];
    values[at] = (x * x + y * y < (size * size) / 6 ? 1060 : 24) + ((noise >> 16) % 32);
  }
  return new Uint8Array(values.buffer);
}

function tag(keyword: string): string {
  const found = tagOf(keyword);
  if (found === undefined) {
    throw new Error(`no attribute is called ${keyword}`);
  }
  return found;
}

export function encode(values: Values, pixelData: Uint8Array): Uint8Array {
  const dataSet: MutableDataSet = {};
  for (const [keyword, value] of Object.entries(values)) {
    const key = tag(keyword);
    const vr = lookupTag(key)?.vr ?? 'UN';
    const list = (typeof value === 'string' || typeof value === 'number' ? [value] : value).filter((one) => one !== '');
    const isNumber = vr === 'DS' || vr === 'IS';
    const json = list.map((one) =>
      vr === 'PN' ? { Alphabetic: String(one) } : isNumber && keyword !== 'InstanceNumber' ? Number(one) : one,
    );
    dataSet[key] = json.length === 0 ? { vr } : { vr, Value: json };
  }
  dataSet[tag('PixelData')] = { vr: 'OW', InlineBinary: Buffer.from(pixelData).toString('base64') };
  const sorted: DataSet = Object.fromEntries(Object.entries(dataSet).sort(([a], [b]) => (a < b ? -1 : 1)));
  return writeDataSet(sorted, { explicitVr: true });
}

/** Where the value of an element with a 16-bit length lies. PS3.5 7.1.2. */
function offsetOf(bytes: Uint8Array, keyword: string): number {
  const key = tag(keyword);
  const vr = lookupTag(key)?.vr ?? 'UN';
  const number = (at: number) => Number.parseInt(key.slice(at, at + 2), 16);
  const start = Buffer.from([number(2), number(0), number(6), number(4), ...Buffer.from(vr)]);
  const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).indexOf(start);
  if (found < 0) {
    throw new Error(`${keyword} is not in the encoded data set`);
  }
  return found + 8;
}

/** Random from the first digit on, so that no two runs make the same UIDs. */
function runNumber(): string {
  return `${randomInt(1, 10)}${Array.from({ length: 19 }, () => randomInt(0, 10)).join('')}`;
}

/** A batch of `count` CT images of `size` x `size`, in studies of `perStudy`. */
export function makeBatch(size: number, count: number, perStudy: number): Batch {
  const run = runNumber();
  const digits = (value: number) => String(value).padStart(6, '0');
  const patient = run.slice(0, 6);
  const studies = Array.from({ length: Math.ceil(count / perStudy) }, (_, number) => ({
    study: `2.25.${run}1${digits(number)}${digits(0)}`,
    series: `2.25.${run}2${digits(number)}${digits(0)}`,
    patientId: `${patient}${digits(number)}`,
    patientName: `${NAMES[number % NAMES.length]}^PHANTOM`,
    accession: `A${patient}${digits(number)}`,
  }));
  const [first] = studies;
  if (first === undefined) {
    throw new Error('a batch has at least one study');
  }
  const instanceUid = `2.25.${run}3%06d%06d`;
  const dataSet = encode(header(size, first, instanceUid.replaceAll('%06d', '000000')), pixels(size));
  const named: Readonly<Record<keyof Study | 'instance' | 'number', string>> = {
    study: 'StudyInstanceUID',
    series: 'SeriesInstanceUID',
    patientId: 'PatientID',
    patientName: 'PatientName',
    accession: 'AccessionNumber',
    instance: 'SOPInstanceUID',
    number: 'InstanceNumber',
  };
  const names = ['study', 'series', 'patientId', 'patientName', 'accession', 'instance', 'number'] as const;
  return { dataSet, studies, perStudy, instanceUid, fields: names.map((name) => [offsetOf(dataSet, named[name]), name]) };
}
