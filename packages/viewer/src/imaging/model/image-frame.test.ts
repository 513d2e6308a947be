import { TAG } from '@filmless/dicom';
import { describe, expect, test } from 'vitest';
import { dataSet, frameOf, framesOf, slice } from './fixture.ts';
import { imageFrames } from './image-frame.ts';

describe('imageFrames', () => {
  test('gives one frame of a plain image, with its place in the patient and its size', () => {
    const frame = frameOf();
    expect(frame.id).toBe('/studies/1/series/2/instances/1.2.3/frames/1');
    expect(frame.plane).toEqual({ position: [0, 0, 0], row: [1, 0, 0], column: [0, 1, 0] });
    expect(frame.spacing).toEqual({ kind: 'patient', x: 0.5, y: 0.5 });
    expect(frame.format).toMatchObject({ rows: 3, columns: 4, bitsStored: 12, signed: false, real: false });
  });

  test('gives a multi-frame image a frame each', () => {
    const frames = framesOf(slice({ [TAG.NumberOfFrames]: 3 }));
    expect(frames.map(({ frameNumber, frameCount }) => [frameNumber, frameCount])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });

  test('reads position, spacing, rescale and window from the functional groups of an enhanced image', () => {
    const measures = dataSet({ [TAG.PixelSpacing]: [0.25, 0.75] });
    const position = (z: number) =>
      dataSet({
        [TAG.PlanePositionSequence]: dataSet({ [TAG.ImagePositionPatient]: [0, 0, z] }),
        [TAG.FrameVOILUTSequence]: dataSet({ [TAG.WindowCenter]: z, [TAG.WindowWidth]: 100 }),
      });
    const frames = framesOf(
      slice({
        [TAG.NumberOfFrames]: 2,
        [TAG.SharedFunctionalGroupsSequence]: dataSet({
          [TAG.PixelMeasuresSequence]: measures,
          [TAG.PixelValueTransformationSequence]: dataSet({ [TAG.RescaleSlope]: 2, [TAG.RescaleIntercept]: 5 }),
        }),
        [TAG.PerFrameFunctionalGroupsSequence]: [position(10), position(20)],
      }),
    );
    expect(frames.map(({ plane }) => plane?.position?.[2])).toEqual([10, 20]);
    expect(frames.map(({ windows }) => windows[0]?.center)).toEqual([10, 20]);
    expect(frames[0]).toMatchObject({ slope: 2, intercept: 5, spacing: { x: 0.75, y: 0.25 } });
    expect(frames[0]?.dataSet[TAG.PerFrameFunctionalGroupsSequence]).toBeUndefined();
  });

  test('says of an object without rows that it has no picture', () => {
    expect(imageFrames(dataSet({ [TAG.SOPInstanceUID]: '1.2' }), '1', '2')).toBe('no-pixels');
  });

  test('refuses a picture larger than a browser holds, before anything is fetched', () => {
    expect(imageFrames(slice({ [TAG.Rows]: 65_535, [TAG.Columns]: 65_535 }), '1', '2')).toBe('too-large');
  });

  test('does not believe a number of frames without end', () => {
    expect(framesOf(slice({ [TAG.NumberOfFrames]: 1e12 })).length).toBe(10_000);
  });

  test('takes no orientation from cosines that are no direction', () => {
    expect(frameOf({ [TAG.ImageOrientationPatient]: [0, 0, 0, 0, 0, 0] }).plane).toBeUndefined();
  });

  test('knows real-valued pixels by the missing Pixel Representation', () => {
    const { [TAG.PixelRepresentation]: _, ...rest } = slice({ [TAG.BitsAllocated]: 32, [TAG.BitsStored]: 32 });
    expect(framesOf(rest)[0]?.format.real).toBe(true);
  });

  test('encodes what stands in a path', () => {
    const frames = imageFrames(slice({ [TAG.SOPInstanceUID]: '1.2/3' }), '1?', '2#');
    expect(typeof frames === 'string' ? frames : frames[0]?.id).toBe('/studies/1%3F/series/2%23/instances/1.2%2F3/frames/1');
  });
});
