import { type DataSet, firstNumber, firstText, items, numbers, TAG } from '@filmless/dicom';
import type { Point } from './geometry.ts';

/**
 * What a length means. `patient`: in the patient. `calibrated`: a projection corrected by a known object. `detector`: on the
 * detector, larger than in the patient. `scanned`: on the scanned film. `region`: an ultrasound region. `none`: pixels only.
 */
export type LengthKind = 'patient' | 'calibrated' | 'detector' | 'scanned' | 'region' | 'none';

/** Distance of pixel middles in mm along a row (x) and a column (y). PS3.3 10.7. */
export interface Spacing {
  readonly kind: LengthKind;
  readonly x: number;
  readonly y: number;
}

/** Modalities whose picture is a shadow: pixel spacing is that of the detector unless it says it was calibrated. PS3.3 10.7.1.3. */
const PROJECTIONS: ReadonlySet<string> = new Set(['CR', 'DX', 'MG', 'RF', 'XA', 'RG', 'PX', 'IO', 'RTIMAGE', 'DR', 'XC']);

export function spacingOf(dataSet: DataSet): Spacing {
  const pixel = pair(dataSet, TAG.PixelSpacing);
  const imager = pair(dataSet, TAG.ImagerPixelSpacing);
  if (pixel !== undefined) {
    return { kind: pixelSpacingKind(dataSet, pixel, imager), ...pixel };
  }
  if (imager !== undefined) {
    return { kind: 'detector', ...imager };
  }
  const scanned = pair(dataSet, TAG.NominalScannedPixelSpacing);
  return scanned === undefined ? { kind: 'none', x: 1, y: 1 } : { kind: 'scanned', ...scanned };
}

type Pair = { readonly x: number; readonly y: number };

function pixelSpacingKind(dataSet: DataSet, pixel: Pair, imager: Pair | undefined): LengthKind {
  const projection = PROJECTIONS.has(firstText(dataSet, TAG.Modality) ?? '');
  if (!projection && imager === undefined) {
    return 'patient';
  }
  const differs = imager !== undefined && (Math.abs(imager.x - pixel.x) > 1e-6 || Math.abs(imager.y - pixel.y) > 1e-6);
  return firstText(dataSet, TAG.PixelSpacingCalibrationType) !== undefined || differs ? 'calibrated' : 'detector';
}

/** Row spacing first in the file: the distance of rows, thus along y. PS3.3 10.7.1.3. */
function pair(dataSet: DataSet, tag: string): Pair | undefined {
  const [y, x = y] = numbers(dataSet, tag);
  return y !== undefined && x !== undefined && y > 0 && x > 0 && Number.isFinite(x + y) ? { x, y } : undefined;
}

/** How far apart pixels are drawn: the spacing, or the aspect ratio (vertical\horizontal) where there is none. PS3.3 C.7.6.3.1.7. */
export function displaySpacing(dataSet: DataSet, spacing: Spacing): Pair {
  if (spacing.kind !== 'none') {
    return { x: spacing.x, y: spacing.y };
  }
  return pair(dataSet, TAG.PixelAspectRatio) ?? { x: 1, y: 1 };
}

/** A part of an ultrasound image with a scale of its own. PS3.3 C.8.5.5. */
export interface UltrasoundRegion {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** mm of a pixel, where both directions are lengths. */
  readonly scale: Pair | undefined;
}

const CENTIMETRES = 3;
const TWO_DIMENSIONAL = 1;

export function ultrasoundRegions(dataSet: DataSet): readonly UltrasoundRegion[] {
  return items(dataSet, TAG.SequenceOfUltrasoundRegions).flatMap((item) => {
    const left = firstNumber(item, TAG.RegionLocationMinX0);
    const top = firstNumber(item, TAG.RegionLocationMinY0);
    const right = firstNumber(item, TAG.RegionLocationMaxX1);
    const bottom = firstNumber(item, TAG.RegionLocationMaxY1);
    if (left === undefined || top === undefined || right === undefined || bottom === undefined) {
      return [];
    }
    return [{ left, top, right, bottom, scale: regionScale(item) }];
  });
}

function regionScale(item: DataSet): Pair | undefined {
  const spatial =
    firstNumber(item, TAG.PhysicalUnitsXDirection) === CENTIMETRES &&
    firstNumber(item, TAG.PhysicalUnitsYDirection) === CENTIMETRES &&
    (firstNumber(item, TAG.RegionSpatialFormat) ?? TWO_DIMENSIONAL) === TWO_DIMENSIONAL;
  const x = Math.abs(firstNumber(item, TAG.PhysicalDeltaX) ?? 0) * 10;
  const y = Math.abs(firstNumber(item, TAG.PhysicalDeltaY) ?? 0) * 10;
  return spatial && x > 0 && y > 0 ? { x, y } : undefined;
}

/** What a frame tells about sizes. */
export interface Calibrated {
  readonly spacing: Spacing;
  readonly regions: readonly UltrasoundRegion[];
}

/**
 * The scale between points of an image: that of the ultrasound region all of them lie in, else the image's own. A region
 * whose axes are not both lengths (M-mode, Doppler) has no scale, even when the image claims one.
 */
export function scaleAt({ spacing, regions }: Calibrated, points: readonly Point[]): Spacing {
  const holding = regions.filter((region) => points.every((point) => isInside(region, point)));
  // Regions overlap (a picture and the colour box in it): the smallest one that holds all points speaks for them.
  const region = holding.sort((a, b) => area(a) - area(b))[0];
  if (region === undefined) {
    return spacing;
  }
  return region.scale === undefined ? { kind: 'none', x: 1, y: 1 } : { kind: 'region', ...region.scale };
}

function isInside(region: UltrasoundRegion, { x, y }: Point): boolean {
  return x >= region.left - 0.5 && x <= region.right + 0.5 && y >= region.top - 0.5 && y <= region.bottom + 0.5;
}

function area(region: UltrasoundRegion): number {
  return (region.right - region.left) * (region.bottom - region.top);
}
