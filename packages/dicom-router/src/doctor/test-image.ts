import { type Attribute, type DataSet, TAG, type Vr, writeDataSet } from '@filmless/dicom';

/** Secondary Capture Image Storage. PS3.4 B.5. */
export const TEST_IMAGE_CLASS = '1.2.840.10008.5.1.4.1.1.7';
/** Always the same three, so that a receiver has one test study however often it is sent. PS3.5 B.2. */
const STUDY = '2.25.19102166552803885389678575800028646244';
const SERIES = '2.25.39208625152123121951261467739262434522';
export const TEST_IMAGE_INSTANCE = '2.25.214246622798034081317073216249177406328';

/** Rows and columns of the image. */
const SIZE = 128;

const text = (vr: Vr, ...values: readonly string[]): Attribute => ({ vr, Value: values });
const number = (vr: Vr, value: number): Attribute => ({ vr, Value: [value] });

/** A small image that nobody can take for a patient's: a checked frame around a ramp of greys. PS3.3 A.8.1. */
export function testImage(explicitVr: boolean): Uint8Array {
  const pixels = Buffer.alloc(SIZE * SIZE);
  for (let row = 0; row < SIZE; row += 1) {
    for (let column = 0; column < SIZE; column += 1) {
      pixels[row * SIZE + column] = greyAt(row, column);
    }
  }
  const dataSet: DataSet = {
    [TAG.SOPClassUID]: text('UI', TEST_IMAGE_CLASS),
    [TAG.SOPInstanceUID]: text('UI', TEST_IMAGE_INSTANCE),
    [TAG.StudyDate]: text('DA', '20000101'),
    [TAG.StudyTime]: text('TM', '000000'),
    [TAG.AccessionNumber]: { vr: 'SH' },
    [TAG.Modality]: text('CS', 'OT'),
    [TAG.ConversionType]: text('CS', 'WSD'),
    [TAG.ReferringPhysicianName]: { vr: 'PN' },
    [TAG.StudyDescription]: text('LO', 'FILMLESS TEST IMAGE'),
    [TAG.SeriesDescription]: text('LO', 'FILMLESS TEST IMAGE'),
    [TAG.PatientName]: { vr: 'PN', Value: [{ Alphabetic: 'FILMLESS^TEST' }] },
    [TAG.PatientID]: text('LO', 'FILMLESS-TEST'),
    [TAG.PatientBirthDate]: { vr: 'DA' },
    [TAG.PatientSex]: text('CS', 'O'),
    [TAG.StudyInstanceUID]: text('UI', STUDY),
    [TAG.SeriesInstanceUID]: text('UI', SERIES),
    [TAG.StudyID]: text('SH', 'TEST'),
    [TAG.SeriesNumber]: text('IS', '1'),
    [TAG.InstanceNumber]: text('IS', '1'),
    [TAG.PatientOrientation]: { vr: 'CS' },
    [TAG.SamplesPerPixel]: number('US', 1),
    [TAG.PhotometricInterpretation]: text('CS', 'MONOCHROME2'),
    [TAG.Rows]: number('US', SIZE),
    [TAG.Columns]: number('US', SIZE),
    [TAG.BitsAllocated]: number('US', 8),
    [TAG.BitsStored]: number('US', 8),
    [TAG.HighBit]: number('US', 7),
    [TAG.PixelRepresentation]: number('US', 0),
    [TAG.PixelData]: { vr: explicitVr ? 'OB' : 'OW', InlineBinary: pixels.toString('base64') },
  };
  return writeDataSet(dataSet, { explicitVr });
}

function greyAt(row: number, column: number): number {
  const frame = SIZE / 8;
  const inside = row >= frame && row < SIZE - frame && column >= frame && column < SIZE - frame;
  if (!inside) {
    return (Math.floor(row / 8) + Math.floor(column / 8)) % 2 === 0 ? 0 : 255;
  }
  return Math.floor(((column - frame) * 255) / (SIZE - 2 * frame - 1));
}
