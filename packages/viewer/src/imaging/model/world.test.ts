import { TAG } from '@filmless/dicom';
import { expect, test } from 'vitest';
import { frameOf } from './fixture.ts';
import { fromWorld, toWorld, worldPlane } from './world.ts';

const coronal = frameOf({
  [TAG.PixelSpacing]: [2, 0.5],
  [TAG.ImageOrientationPatient]: [1, 0, 0, 0, 0, -1],
  [TAG.ImagePositionPatient]: [-100, 20, 300],
});

test('an image point lies where position, orientation and spacing of the object put it', () => {
  expect(toWorld(coronal, { x: 4, y: 3 })).toEqual([-98, 20, 294]);
  expect(worldPlane(coronal).normal.map((part) => part + 0)).toEqual([0, 1, 0]);
});

test('a point goes to the world and comes back', () => {
  const back = fromWorld(coronal, toWorld(coronal, { x: 1.25, y: 2.5 }));
  expect(back.x).toBeCloseTo(1.25, 9);
  expect(back.y).toBeCloseTo(2.5, 9);
});

test('a picture without a place in the patient is its own world', () => {
  const bare = frameOf({ [TAG.ImageOrientationPatient]: [], [TAG.ImagePositionPatient]: [], [TAG.PixelSpacing]: [] });
  expect(toWorld(bare, { x: 7, y: 2 })).toEqual([7, 2, 0]);
});
