import { TAG } from '@filmless/dicom';
import { describe, expect, test } from 'vitest';
import { displaySpacing, scaleAt, spacingOf, ultrasoundRegions } from './calibration.ts';
import { dataSet } from './fixture.ts';

const spacing = (values: Parameters<typeof dataSet>[0]) => spacingOf(dataSet(values));

describe('pixel spacing', () => {
  test('of a slice is that in the patient, rows first in the file', () => {
    expect(spacing({ [TAG.Modality]: 'MR', [TAG.PixelSpacing]: [0.8, 0.5] })).toEqual({ kind: 'patient', x: 0.5, y: 0.8 });
  });

  test('of a radiograph is that of the detector', () => {
    expect(spacing({ [TAG.Modality]: 'CR', [TAG.ImagerPixelSpacing]: [0.1, 0.1] }).kind).toBe('detector');
    expect(spacing({ [TAG.Modality]: 'DX', [TAG.PixelSpacing]: [0.1, 0.1], [TAG.ImagerPixelSpacing]: [0.1, 0.1] }).kind).toBe(
      'detector',
    );
    expect(spacing({ [TAG.Modality]: 'DX', [TAG.PixelSpacing]: [0.1, 0.1] }).kind).toBe('detector');
  });

  test('of a radiograph is calibrated where it says so, or differs from that of the detector', () => {
    const imager = { [TAG.Modality]: 'MG', [TAG.ImagerPixelSpacing]: [0.1, 0.1] };
    expect(spacing({ ...imager, [TAG.PixelSpacing]: [0.08, 0.08] })).toEqual({ kind: 'calibrated', x: 0.08, y: 0.08 });
    expect(spacing({ ...imager, [TAG.PixelSpacing]: [0.1, 0.1], [TAG.PixelSpacingCalibrationType]: 'FIDUCIAL' }).kind).toBe(
      'calibrated',
    );
  });

  test('of a scanned film is that of the scanner', () => {
    expect(spacing({ [TAG.Modality]: 'OT', [TAG.NominalScannedPixelSpacing]: [0.2, 0.2] }).kind).toBe('scanned');
  });

  test.each([[[0, 0]], [[-1, 1]], [[]]])('of %j is none', (value) => {
    expect(spacing({ [TAG.Modality]: 'CT', [TAG.PixelSpacing]: value }).kind).toBe('none');
  });

  test('is drawn by the aspect ratio, vertical first, where sizes are not known', () => {
    const odd = dataSet({ [TAG.PixelAspectRatio]: [4, 3] });
    expect(displaySpacing(odd, spacingOf(odd))).toEqual({ x: 3, y: 4 });
  });
});

describe('the scale of an ultrasound image', () => {
  const region = (box: readonly [number, number, number, number], units: number, delta: number) =>
    dataSet({
      [TAG.RegionLocationMinX0]: box[0],
      [TAG.RegionLocationMinY0]: box[1],
      [TAG.RegionLocationMaxX1]: box[2],
      [TAG.RegionLocationMaxY1]: box[3],
      [TAG.PhysicalUnitsXDirection]: units,
      [TAG.PhysicalUnitsYDirection]: 3,
      [TAG.PhysicalDeltaX]: delta,
      [TAG.PhysicalDeltaY]: -delta,
    });
  const regions = ultrasoundRegions(
    dataSet({
      [TAG.SequenceOfUltrasoundRegions]: [
        region([0, 0, 99, 99], 3, 0.02),
        region([10, 10, 29, 29], 3, 0.01),
        region([200, 0, 299, 99], 4, 0.01),
      ],
    }),
  );
  const image = { spacing: { kind: 'patient', x: 5, y: 5 }, regions } as const;

  test('is that of the region, in mm', () => {
    expect(
      scaleAt(image, [
        { x: 50, y: 50 },
        { x: 90, y: 90 },
      ]),
    ).toEqual({ kind: 'region', x: 0.2, y: 0.2 });
  });

  test('is that of the smallest region around all points', () => {
    expect(
      scaleAt(image, [
        { x: 12, y: 12 },
        { x: 20, y: 20 },
      ]).x,
    ).toBeCloseTo(0.1);
    expect(
      scaleAt(image, [
        { x: 12, y: 12 },
        { x: 90, y: 20 },
      ]).x,
    ).toBeCloseTo(0.2);
  });

  test('is none in M-mode and Doppler, where one axis is time', () => {
    expect(
      scaleAt(image, [
        { x: 210, y: 10 },
        { x: 220, y: 20 },
      ]).kind,
    ).toBe('none');
  });

  test('is that of the image outside all regions', () => {
    expect(
      scaleAt(image, [
        { x: 50, y: 50 },
        { x: 150, y: 50 },
      ]),
    ).toEqual(image.spacing);
  });
});
