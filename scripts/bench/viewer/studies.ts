import { createHash } from 'node:crypto';
import { EXPLICIT_VR_LITTLE_ENDIAN, writeFileMeta } from '@filmless/dicom';
import { CT_IMAGE_STORAGE, encode, type Values } from '../objects.ts';

export type StudyKey = 'ct-300' | 'dx' | 'mg' | 'us-200' | 'ct-500' | 'ct-1000' | 'warm';

/** A study the viewers are measured with; its pictures are computed, its patient is nobody. */
export interface BenchStudy {
  readonly key: StudyKey;
  readonly title: string;
  readonly studyInstanceUid: string;
  readonly patientId: string;
  /** Its objects as Part 10 files. */
  readonly files: () => Iterable<Uint8Array>;
}

interface Image {
  readonly sopClassUid: string;
  readonly series: number;
  readonly number: number;
  readonly modality: string;
  readonly description: string;
  readonly columns: number;
  readonly rows: number;
  readonly values: Values;
  readonly pixels: Uint8Array | Uint16Array;
}

/** The same UID for the same words. PS3.5 B.2. */
function uidFrom(...words: readonly (string | number)[]): string {
  const digest = createHash('sha256').update(words.join('/')).digest('hex').slice(0, 30);
  return `2.25.${BigInt(`0x${digest}`)}`;
}

function fileOf(study: Omit<BenchStudy, 'files'>, image: Image): Uint8Array {
  const { sopClassUid, pixels } = image;
  const sopInstanceUid = uidFrom(study.key, 'image', image.series, image.number);
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  const dataSet = encode(
    {
      SpecificCharacterSet: 'ISO_IR 192',
      SOPClassUID: sopClassUid,
      SOPInstanceUID: sopInstanceUid,
      StudyDate: '20260314',
      StudyTime: '081012',
      AccessionNumber: study.patientId,
      Modality: image.modality,
      StudyDescription: study.title,
      SeriesDescription: image.description,
      PatientName: `BENCH^${study.key.toUpperCase()}`,
      PatientID: study.patientId,
      PatientBirthDate: '19700101',
      PatientSex: 'O',
      StudyInstanceUID: study.studyInstanceUid,
      SeriesInstanceUID: uidFrom(study.key, 'series', image.series),
      StudyID: '1',
      SeriesNumber: image.series,
      InstanceNumber: String(image.number),
      Rows: image.rows,
      Columns: image.columns,
      BitsAllocated: pixels.BYTES_PER_ELEMENT * 8,
      PixelRepresentation: 0,
      ...image.values,
    },
    bytes,
  );
  const meta = writeFileMeta({
    mediaStorageSopClassUid: sopClassUid,
    mediaStorageSopInstanceUid: sopInstanceUid,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
  });
  return Buffer.concat([meta, dataSet]);
}

/** Values of a smooth body with an edge, and some noise: as hard to encode as an image, and quick to make. */
function body(columns: number, rows: number, highest: number): Uint16Array {
  const pixels = new Uint16Array(columns * rows);
  let noise = 12_345;
  for (let row = 0; row < rows; row += 1) {
    const y = (row - rows / 2) / (rows / 2);
    for (let column = 0; column < columns; column += 1) {
      noise = (noise * 1_103_515_245 + 12_345) % 2_147_483_648;
      const x = (column - columns / 2) / (columns / 2);
      const inside = (x * x) / 0.6 + (y * y) / 0.8 < 1;
      const value = inside ? 0.35 + 0.2 * Math.cos(9 * x) * Math.cos(7 * y) : 0.01;
      pixels[row * columns + column] = Math.round(value * highest) + ((noise >> 16) & 15);
    }
  }
  return pixels;
}

/** A bright square that wanders: no image is like the one before, in a picture of 48 x 48 either. */
function withMark<P extends Uint8Array | Uint16Array>(base: P, columns: number, rows: number, index: number, value: number): P {
  const pixels = base.slice() as P;
  const side = Math.floor(Math.min(columns, rows) / 8);
  const samples = base.length / columns / rows;
  const left = Math.floor((((index * 37) % 40) / 40) * (columns - side));
  const top = Math.floor((((index * 61) % 40) / 40) * (rows - side));
  for (let row = top; row < top + side; row += 1) {
    pixels.fill(value, (row * columns + left) * samples, (row * columns + left + side) * samples);
  }
  return pixels;
}

const GREY: Values = { SamplesPerPixel: 1, PhotometricInterpretation: 'MONOCHROME2', BitsStored: 12, HighBit: 11 };
const PLAIN: Values = { PresentationLUTShape: 'IDENTITY', RescaleIntercept: '0', RescaleSlope: '1', RescaleType: 'US' };

function* ctSlices(key: StudyKey, count: number, size = 512): Iterable<Image> {
  const base = body(size, size, 2000);
  const spacing = String(360 / size);
  const same = {
    sopClassUid: CT_IMAGE_STORAGE,
    series: 1,
    modality: 'CT',
    description: `${count} slices`,
    columns: size,
    rows: size,
  };
  for (let index = 0; index < count; index += 1) {
    const values: Values = {
      ...GREY,
      ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
      FrameOfReferenceUID: uidFrom(key, 'frame of reference'),
      PatientPosition: 'HFS',
      ImagePositionPatient: ['-180', '-180', String(index)],
      ImageOrientationPatient: ['1', '0', '0', '0', '1', '0'],
      SliceThickness: '1',
      PixelSpacing: [spacing, spacing],
      RescaleIntercept: '-1024',
      RescaleSlope: '1',
      RescaleType: 'HU',
      WindowCenter: '0',
      WindowWidth: '2000',
    };
    yield { ...same, number: index + 1, values, pixels: withMark(base, size, size, index, 1900) };
  }
}

function radiograph(): Image {
  const edge = 3000;
  const values: Values = {
    ...GREY,
    ...PLAIN,
    ImageType: ['ORIGINAL', 'PRIMARY'],
    ViewPosition: 'PA',
    PatientOrientation: ['L', 'F'],
    ImagerPixelSpacing: ['0.14', '0.14'],
    PresentationIntentType: 'FOR PRESENTATION',
    WindowCenter: '1500',
    WindowWidth: '3000',
  };
  const same = { sopClassUid: '1.2.840.10008.5.1.4.1.1.1.1', series: 1, number: 1, modality: 'DX', description: 'Chest PA' };
  return { ...same, columns: edge, rows: edge, values, pixels: body(edge, edge, 4000) };
}

const VIEWS = [
  ['R', 'CC', ['P', 'L']],
  ['L', 'CC', ['A', 'R']],
  ['R', 'MLO', ['P', 'FL']],
  ['L', 'MLO', ['A', 'FR']],
] as const;

function* breasts(): Iterable<Image> {
  const [columns, rows] = [2000, 2500];
  const pixels = body(columns, rows, 4000);
  for (const [index, [side, view, orientation]] of VIEWS.entries()) {
    const values: Values = {
      ...GREY,
      ...PLAIN,
      ImageType: ['DERIVED', 'PRIMARY'],
      PresentationIntentType: 'FOR PRESENTATION',
      ImageLaterality: side,
      ViewPosition: view,
      PatientOrientation: orientation,
      ImagerPixelSpacing: ['0.09', '0.09'],
      WindowCenter: '1500',
      WindowWidth: '3000',
    };
    const same = { sopClassUid: '1.2.840.10008.5.1.4.1.1.1.2', series: index + 1, number: 1, modality: 'MG' };
    yield { ...same, description: `${side} ${view}`, columns, rows, values, pixels };
  }
}

const CINE_FRAMES = 200;

function cine(): Image {
  const [columns, rows] = [640, 480];
  const grey = Uint8Array.from(body(columns, rows, 220));
  const base = Uint8Array.from({ length: grey.length * 3 }, (_, at) => grey[Math.floor(at / 3)] ?? 0);
  const pixels = new Uint8Array(base.length * CINE_FRAMES);
  for (let frame = 0; frame < CINE_FRAMES; frame += 1) {
    pixels.set(withMark(base, columns, rows, frame, 250), frame * base.length);
  }
  const values: Values = {
    ImageType: ['ORIGINAL', 'PRIMARY'],
    SamplesPerPixel: 3,
    PhotometricInterpretation: 'RGB',
    PlanarConfiguration: 0,
    BitsStored: 8,
    HighBit: 7,
    NumberOfFrames: String(CINE_FRAMES),
    FrameTime: '33.3',
    FrameIncrementPointer: '00181063',
    LossyImageCompression: '00',
  };
  const same = { sopClassUid: '1.2.840.10008.5.1.4.1.1.3.1', series: 1, number: 1, modality: 'US', description: 'Cine' };
  return { ...same, columns, rows, values, pixels };
}

const MAKERS: Readonly<Record<StudyKey, readonly [title: string, make: (key: StudyKey) => Iterable<Image>]>> = {
  'ct-300': ['CT, 300 slices of 512 x 512', (key) => ctSlices(key, 300)],
  dx: ['DX, 3,000 x 3,000', () => [radiograph()]],
  mg: ['Mammography, 4 views of 2,000 x 2,500', breasts],
  'us-200': ['Ultrasound, 200 frames of 640 x 480', () => [cine()]],
  'ct-500': ['CT, 500 slices of 512 x 512', (key) => ctSlices(key, 500)],
  'ct-1000': ['CT, 1,000 slices of 512 x 512', (key) => ctSlices(key, 1000)],
  warm: ['CT, 3 slices of 64 x 64', (key) => ctSlices(key, 3, 64)],
};

/** The study of a key; the same each time. */
export function benchStudy(key: StudyKey): BenchStudy {
  const [title, make] = MAKERS[key];
  const patientId = `BENCH${key.toUpperCase().replace('-', '')}`;
  const study = { key, title, studyInstanceUid: uidFrom(key, 'study'), patientId };
  return {
    ...study,
    files: function* () {
      for (const image of make(key)) {
        yield fileOf(study, image);
      }
    },
  };
}
