import { type DataSet, lookupTag, type MutableDataSet, tagOf } from '@filmless/dicom';

/*
 * Headers as machines write them: as many attributes, and values as long, as a scanner's, an X-ray's and an ultrasound's images have.
 */

type Value = string | number;
export type Attributes = Readonly<Record<string, Value | readonly Value[]>>;

const IMAGE: Attributes = {
  ContentDate: '20260101',
  ContentTime: '081502.118000',
  InstitutionName: 'Bệnh viện đa khoa',
  OperatorsName: '',
  SoftwareVersions: 'VA44A',
  AcquisitionNumber: 1,
  SamplesPerPixel: 1,
  PhotometricInterpretation: 'MONOCHROME2',
  BitsAllocated: 16,
  BitsStored: 12,
  HighBit: 11,
  PixelRepresentation: 0,
};

const CT: Attributes = {
  ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL', 'CT_SOM5 SPI'],
  Manufacturer: 'SIEMENS',
  ManufacturerModelName: 'SOMATOM go.Now',
  AcquisitionTime: '081502.118000',
  ScanOptions: 'SPIRAL',
  SliceThickness: 5,
  KVP: 120,
  DataCollectionDiameter: 500,
  ProtocolName: 'Thorax routine',
  ReconstructionDiameter: 360,
  DistanceSourceToDetector: 1040,
  DistanceSourceToPatient: 570,
  GantryDetectorTilt: 0,
  TableHeight: 142,
  RotationDirection: 'CW',
  ExposureTime: 500,
  XRayTubeCurrent: 210,
  Exposure: 105,
  FilterType: '0',
  GeneratorPower: 52,
  FocalSpots: 1.2,
  DateOfLastCalibration: '20260101',
  TimeOfLastCalibration: '060000.000000',
  ConvolutionKernel: 'B60f',
  PatientPosition: 'HFS',
  ImagePositionPatient: [-179.6484375, -321.6484375, -120.5],
  ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
  PositionReferenceIndicator: '',
  SliceLocation: -120.5,
  PixelSpacing: [0.703125, 0.703125],
  WindowCenter: [-500, 50],
  WindowWidth: [1500, 350],
  RescaleIntercept: -1024,
  RescaleSlope: 1,
  RescaleType: 'HU',
};

const MR: Attributes = {
  ImageType: ['ORIGINAL', 'PRIMARY', 'M', 'ND', 'NORM'],
  Manufacturer: 'GE MEDICAL SYSTEMS',
  ManufacturerModelName: 'SIGNA Creator',
  ScanningSequence: 'SE',
  SequenceVariant: ['SK', 'SP'],
  ScanOptions: 'FAST_GEMS',
  MRAcquisitionType: '2D',
  SliceThickness: 5,
  RepetitionTime: 4500,
  EchoTime: 96.4,
  NumberOfAverages: 2,
  ImagingFrequency: 63.87,
  ImagedNucleus: '1H',
  EchoNumbers: 1,
  MagneticFieldStrength: 1.5,
  SpacingBetweenSlices: 6,
  EchoTrainLength: 17,
  PercentSampling: 100,
  PercentPhaseFieldOfView: 80,
  PixelBandwidth: 122.07,
  ProtocolName: 'Head routine',
  FlipAngle: 160,
  PatientPosition: 'HFS',
  ImagePositionPatient: [-110.5, -120.25, -60.5],
  ImageOrientationPatient: [1, 0, 0, 0, 1, 0],
  SliceLocation: -60.5,
  PixelSpacing: [0.4297, 0.4297],
  WindowCenter: 600,
  WindowWidth: 1200,
};

const DX: Attributes = {
  ImageType: ['ORIGINAL', 'PRIMARY', ''],
  PresentationIntentType: 'FOR PRESENTATION',
  Manufacturer: 'Canon Inc.',
  ManufacturerModelName: 'CXDI Control Software NE',
  KVP: 110,
  DeviceSerialNumber: '120071',
  DistanceSourceToDetector: 1800,
  ExposureTime: 12,
  XRayTubeCurrent: 320,
  Exposure: 4,
  ImagerPixelSpacing: [0.16, 0.16],
  Grid: 'FOCUSED',
  FocalSpots: 1.2,
  DetectorType: 'SCINTILLATOR',
  DetectorID: '1200710003',
  ViewPosition: 'PA',
  ExposureIndex: 410.5,
  PatientOrientation: ['L', 'F'],
  ImageLaterality: 'U',
  BurnedInAnnotation: 'NO',
  PixelIntensityRelationship: 'LOG',
  PixelIntensityRelationshipSign: -1,
  WindowCenter: 2048,
  WindowWidth: 4096,
  RescaleIntercept: 0,
  RescaleSlope: 1,
  RescaleType: 'US',
  PresentationLUTShape: 'IDENTITY',
  LossyImageCompression: '00',
};

const US: Attributes = {
  ImageType: ['ORIGINAL', 'PRIMARY', 'ABDOMINAL', '0001'],
  Manufacturer: 'GE Healthcare Ultrasound',
  ManufacturerModelName: 'LOGIQ P9',
  TransducerData: ['C1-5-RS', '', ''],
  ProcessingFunction: 'Abdomen',
  UltrasoundColorDataPresent: 0,
  SamplesPerPixel: 3,
  PhotometricInterpretation: 'YBR_FULL_422',
  PlanarConfiguration: 0,
  BitsAllocated: 8,
  BitsStored: 8,
  HighBit: 7,
  LossyImageCompression: '01',
  LossyImageCompressionRatio: 12.5,
  LossyImageCompressionMethod: 'ISO_10918_1',
};

const REPORT: Attributes = {
  Manufacturer: 'SIEMENS',
  ValueType: 'CONTAINER',
  ContinuityOfContent: 'SEPARATE',
  CompletionFlag: 'COMPLETE',
};

/** How the images of a modality are: their class, size and attributes. */
export interface ImageKind {
  readonly sopClassUid: string;
  readonly transferSyntaxUid: string;
  /** 0 for what has no pixels. */
  readonly rows: number;
  readonly columns: number;
  readonly bytes: number;
  readonly attributes: Attributes;
}

const STORAGE = '1.2.840.10008.5.1.4.1.1';
const EXPLICIT_LITTLE = '1.2.840.10008.1.2.1';
const kind = (
  sopClass: string,
  rows: number,
  columns: number,
  attributes: Attributes,
  bytes = 2 * rows * columns,
): ImageKind => ({
  sopClassUid: `${STORAGE}.${sopClass}`,
  transferSyntaxUid: EXPLICIT_LITTLE,
  rows,
  columns,
  bytes,
  attributes: rows === 0 ? attributes : { ...IMAGE, ...attributes, Rows: rows, Columns: columns },
});

export const IMAGE_KINDS: Readonly<Record<string, ImageKind>> = {
  CT: kind('2', 512, 512, CT),
  MR: kind('4', 512, 512, MR),
  DX: kind('1.1', 2992, 2430, DX),
  CR: kind('1', 2370, 1770, DX),
  MG: kind('1.2', 3518, 2800, DX),
  XA: kind('12.1', 1024, 1024, DX),
  ES: kind('77.1.1', 480, 640, US, 3 * 480 * 640),
  SR: kind('88.22', 0, 0, REPORT, 8_000),
  US: { ...kind('6.1', 720, 960, US, 180_000), transferSyntaxUid: '1.2.840.10008.1.2.4.50' },
};

const TAGS = new Map<string, { readonly tag: string; readonly vr: string }>();

function known(keyword: string): { readonly tag: string; readonly vr: string } {
  const tag = tagOf(keyword);
  if (tag === undefined) {
    throw new Error(`no attribute is called ${keyword}`);
  }
  const found = { tag, vr: lookupTag(tag)?.vr ?? 'UN' };
  TAGS.set(keyword, found);
  return found;
}

/** A header of these, in the order of tags, as it is read from an object. An empty text is an empty attribute. */
export function headerFrom(attributes: Attributes, hasPixels: boolean): DataSet {
  const entries = Object.entries(attributes).map(([keyword, value]) => {
    const { tag, vr } = TAGS.get(keyword) ?? known(keyword);
    const values: readonly Value[] = typeof value === 'object' ? value : [value];
    const isEmpty = values.length === 1 && values[0] === '';
    return [tag, isEmpty ? { vr } : { vr, Value: vr === 'PN' ? values.map((text) => ({ Alphabetic: text })) : values }] as const;
  });
  const header: MutableDataSet = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) as MutableDataSet;
  if (hasPixels) {
    header['7FE00010'] = { vr: 'OW', BulkDataURI: 'bulkdata/7FE00010' };
  }
  return header;
}
