import { type DataSet, firstNumber, firstText, numbers, TAG } from '@filmless/dicom';
import { displaySpacing, type Spacing, spacingOf, type UltrasoundRegion, ultrasoundRegions } from './calibration.ts';
import { frameDataSet } from './functional-groups.ts';
import type { Plane, Vector3 } from './geometry.ts';
import { type LookupTable, lookupTables } from './lookup-table.ts';
import { type Palette, paletteOf } from './palette.ts';
import { type FileWindow, fileWindows } from './windows.ts';

/** How the stored samples lie in the pixel data. PS3.3 C.7.6.3. */
export interface PixelFormat {
  readonly rows: number;
  readonly columns: number;
  readonly samplesPerPixel: number;
  readonly photometric: string;
  readonly planar: boolean;
  readonly bitsAllocated: number;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  readonly real: boolean;
}

/** One displayable frame of one instance, with everything that showing and measuring it needs. */
export interface ImageFrame {
  /** Path of the frame under the DICOMweb root; also its identity. */
  readonly id: string;
  readonly sopInstanceUid: string;
  readonly sopClassUid: string;
  readonly modality: string;
  readonly instanceNumber: number | undefined;
  /** From 1. */
  readonly frameNumber: number;
  readonly frameCount: number;
  readonly format: PixelFormat;
  readonly palette: Palette | undefined;
  readonly slope: number;
  readonly intercept: number;
  readonly modalityLut: LookupTable | undefined;
  readonly windows: readonly FileWindow[];
  readonly voiLuts: readonly LookupTable[];
  readonly plane: Plane | undefined;
  readonly frameOfReferenceUid: string | undefined;
  readonly spacing: Spacing;
  /** Distance of pixel middles on the screen: mm, or units of the aspect ratio where the size is not known. */
  readonly displaySpacing: { readonly x: number; readonly y: number };
  readonly regions: readonly UltrasoundRegion[];
  /** The attributes as they hold for this frame. */
  readonly dataSet: DataSet;
}

/** The path of a frame under the DICOMweb root. PS3.18 10.4.1.1.5. */
export function framePath(study: string, series: string, instance: string, frame: number): string {
  return `/studies/${encodeURIComponent(study)}/series/${encodeURIComponent(series)}/instances/${encodeURIComponent(instance)}/frames/${frame}`;
}

/** Why an instance has no picture. */
export type NoPicture = 'no-pixels' | 'too-large';

/** Beyond this a browser cannot hold the decoded frame; Rows and Columns of hostile files claim such sizes. */
const MAX_PIXELS = 2 ** 28;

/** Longer than any clip; a number beyond it is a slide's tiles or a lie. */
const MAX_FRAMES = 10_000;

/** The frames of an instance, or why it has none. `instance` is its DICOM JSON without pixel data. */
export function imageFrames(instance: DataSet, study: string, series: string): readonly ImageFrame[] | NoPicture {
  const rows = firstNumber(instance, TAG.Rows) ?? 0;
  const columns = firstNumber(instance, TAG.Columns) ?? 0;
  const sopInstanceUid = firstText(instance, TAG.SOPInstanceUID);
  if (!(rows > 0 && columns > 0) || sopInstanceUid === undefined) {
    return 'no-pixels';
  }
  if (rows * columns > MAX_PIXELS) {
    return 'too-large';
  }
  const count = Math.min(Math.max(Math.trunc(firstNumber(instance, TAG.NumberOfFrames) ?? 1), 1), MAX_FRAMES);
  const multi = count > 1 || instance[TAG.SharedFunctionalGroupsSequence] !== undefined;
  return Array.from({ length: count }, (_, index) => {
    const dataSet = multi ? frameDataSet(instance, index + 1) : instance;
    return imageFrame(dataSet, framePath(study, series, sopInstanceUid, index + 1), index + 1, count);
  });
}

function imageFrame(dataSet: DataSet, id: string, frameNumber: number, frameCount: number): ImageFrame {
  const format = pixelFormat(dataSet);
  const spacing = spacingOf(dataSet);
  return {
    id,
    sopInstanceUid: firstText(dataSet, TAG.SOPInstanceUID) ?? '',
    sopClassUid: firstText(dataSet, TAG.SOPClassUID) ?? '',
    modality: firstText(dataSet, TAG.Modality) ?? '',
    instanceNumber: firstNumber(dataSet, TAG.InstanceNumber),
    frameNumber,
    frameCount,
    format,
    palette: format.photometric === 'PALETTE COLOR' ? paletteOf(dataSet) : undefined,
    slope: firstNumber(dataSet, TAG.RescaleSlope) || 1,
    intercept: firstNumber(dataSet, TAG.RescaleIntercept) ?? 0,
    modalityLut: lookupTables(dataSet, TAG.ModalityLUTSequence, format.signed)[0],
    windows: fileWindows(dataSet),
    voiLuts: lookupTables(dataSet, TAG.VOILUTSequence, false),
    plane: planeOf(dataSet),
    frameOfReferenceUid: firstText(dataSet, TAG.FrameOfReferenceUID),
    spacing,
    displaySpacing: displaySpacing(dataSet, spacing),
    regions: ultrasoundRegions(dataSet),
    dataSet,
  };
}

function pixelFormat(dataSet: DataSet): PixelFormat {
  const bitsAllocated = firstNumber(dataSet, TAG.BitsAllocated) ?? 16;
  // Float pixel data may be left out of a header as pixel data is; only it has no Pixel Representation. PS3.3 C.7.6.24.
  const real = bitsAllocated >= 32 && dataSet[TAG.PixelRepresentation] === undefined;
  const bitsStored = Math.min(firstNumber(dataSet, TAG.BitsStored) || bitsAllocated, bitsAllocated);
  return {
    rows: firstNumber(dataSet, TAG.Rows) ?? 0,
    columns: firstNumber(dataSet, TAG.Columns) ?? 0,
    samplesPerPixel: firstNumber(dataSet, TAG.SamplesPerPixel) === 3 ? 3 : 1,
    photometric: firstText(dataSet, TAG.PhotometricInterpretation) ?? 'MONOCHROME2',
    planar: firstNumber(dataSet, TAG.PlanarConfiguration) === 1,
    bitsAllocated,
    bitsStored,
    highBit: firstNumber(dataSet, TAG.HighBit) ?? bitsStored - 1,
    signed: firstNumber(dataSet, TAG.PixelRepresentation) === 1,
    real,
  };
}

function planeOf(dataSet: DataSet): Plane | undefined {
  const [a, b, c, d, e, f] = numbers(dataSet, TAG.ImageOrientationPatient);
  if (a === undefined || b === undefined || c === undefined || d === undefined || e === undefined || f === undefined) {
    return undefined;
  }
  const row = unit([a, b, c]);
  const column = unit([d, e, f]);
  if (row === undefined || column === undefined) {
    return undefined;
  }
  const [x, y, z] = numbers(dataSet, TAG.ImagePositionPatient);
  return x === undefined || y === undefined || z === undefined ? { row, column } : { position: [x, y, z], row, column };
}

function unit([x, y, z]: Vector3): Vector3 | undefined {
  const length = Math.hypot(x, y, z);
  return length > 1e-6 ? [x / length, y / length, z / length] : undefined;
}
