import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import {
  type DataSet,
  DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
  EXPLICIT_VR_LITTLE_ENDIAN,
  TAG,
  type Vr,
  writeDataSet,
  writeFileMeta,
} from '@filmless/dicom';
import { type Random, randomFrom, uidFrom } from './random.ts';

const CT = '1.2.840.10008.5.1.4.1.1.2';
const STUDIES = 6;
const SERIES = 2;

/** A small image that only its seed and number make, so that nobody has to keep what was sent. */
export interface SmallInstance {
  readonly study: string;
  readonly series: string;
  readonly sop: string;
  /** The Part 10 file. */
  readonly file: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the data set, which is what C-STORE carries. */
  readonly sha256: string;
}

/**
 * Makes images of a few studies that all senders send at the same time; every eighth is deflated, and gets a derived object.
 * Their sides are random and small, unless one is given.
 */
export function smallInstance(seed: string, number: number, side?: number): SmallInstance {
  const random = randomFrom(`${seed}/${number}`);
  const place = number % STUDIES;
  const study = uidFrom(seed, 'study', place);
  const series = uidFrom(seed, 'series', place, Math.floor(number / STUDIES) % SERIES);
  const sop = uidFrom(seed, 'instance', number);
  const plain = writeDataSet(image({ study, series, sop, place, number }, random, side), { explicitVr: true });
  const deflated = number % 8 === 7;
  const dataSet = deflated ? deflateRawSync(plain) : plain;
  const meta = writeFileMeta({
    mediaStorageSopClassUid: CT,
    mediaStorageSopInstanceUid: sop,
    transferSyntaxUid: deflated ? DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN : EXPLICIT_VR_LITTLE_ENDIAN,
  });
  // An odd length is not allowed on the wire. PS3.5 A.5.
  const padding = new Uint8Array(dataSet.byteLength % 2);
  const file = new Uint8Array(Buffer.concat([meta, dataSet, padding]));
  return { study, series, sop, file, sha256: sha256(file.subarray(meta.byteLength)) };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

interface Place {
  readonly study: string;
  readonly series: string;
  readonly sop: string;
  readonly place: number;
  readonly number: number;
}

function image({ study, series, sop, place, number }: Place, random: Random, given?: number): DataSet {
  const attribute = (vr: Vr, value: string | number | { readonly Alphabetic: string }) => ({ vr, Value: [value] });
  const side = given ?? 8 + 2 * Math.floor(random() * 60);
  return {
    [TAG.SpecificCharacterSet]: attribute('CS', 'ISO_IR 192'),
    [TAG.SOPClassUID]: attribute('UI', CT),
    [TAG.SOPInstanceUID]: attribute('UI', sop),
    [TAG.StudyDate]: attribute('DA', `2026020${place + 1}`),
    [TAG.AccessionNumber]: attribute('SH', `A-${place}`),
    [TAG.Modality]: attribute('CS', 'CT'),
    [TAG.PatientName]: attribute('PN', { Alphabetic: `Nguyễn^Văn ${place}` }),
    [TAG.PatientID]: attribute('LO', `P${place}`),
    [TAG.StudyInstanceUID]: attribute('UI', study),
    [TAG.SeriesInstanceUID]: attribute('UI', series),
    [TAG.InstanceNumber]: attribute('IS', number),
    [TAG.SamplesPerPixel]: attribute('US', 1),
    [TAG.PhotometricInterpretation]: attribute('CS', 'MONOCHROME2'),
    [TAG.Rows]: attribute('US', side),
    [TAG.Columns]: attribute('US', side),
    [TAG.BitsAllocated]: attribute('US', 8),
    [TAG.BitsStored]: attribute('US', 8),
    [TAG.HighBit]: attribute('US', 7),
    [TAG.PixelRepresentation]: attribute('US', 0),
    [TAG.PixelData]: {
      vr: 'OB',
      InlineBinary: Buffer.from(Uint8Array.from({ length: side * side }, () => random() * 256)).toString('base64'),
    },
  };
}
