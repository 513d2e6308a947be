import { TAG } from '@filmless/dicom';
import { describe, expect, test } from 'vitest';
import { dataSet } from './fixture.ts';
import { directionLetters, edgeLetters } from './orientation.ts';
import { FITTED, flipped, turned } from './view.ts';

const axial = { row: [1, 0, 0], column: [0, 1, 0] } as const;
const empty = dataSet({});

describe('orientation letters', () => {
  test('an axial slice is seen from the feet: right of the patient on the left', () => {
    expect(edgeLetters(axial, empty, FITTED)).toEqual({ top: 'A', right: 'L', bottom: 'P', left: 'R' });
  });

  test('follow a turn to the right', () => {
    expect(edgeLetters(axial, empty, turned(FITTED, 1))).toEqual({ top: 'R', right: 'A', bottom: 'L', left: 'P' });
  });

  test('follow a flip, and a flip after a turn', () => {
    expect(edgeLetters(axial, empty, flipped(FITTED, 'horizontal'))).toEqual({ top: 'A', right: 'R', bottom: 'P', left: 'L' });
    expect(edgeLetters(axial, empty, flipped(turned(FITTED, 1), 'vertical'))).toEqual({
      top: 'L',
      right: 'A',
      bottom: 'R',
      left: 'P',
    });
  });

  test('name sagittal and coronal planes', () => {
    expect(edgeLetters({ row: [0, 1, 0], column: [0, 0, -1] }, empty, FITTED)).toEqual({
      top: 'H',
      right: 'P',
      bottom: 'F',
      left: 'A',
    });
    expect(edgeLetters({ row: [1, 0, 0], column: [0, 0, -1] }, empty, FITTED)).toEqual({
      top: 'H',
      right: 'L',
      bottom: 'F',
      left: 'R',
    });
  });

  test('give an oblique direction two letters, the stronger first', () => {
    expect(directionLetters([0.5, 0, -0.866])).toBe('FL');
    expect(directionLetters([-0.99, 0.1, 0])).toBe('R');
  });

  test('come from the Patient Orientation where a projection has no plane', () => {
    expect(edgeLetters(undefined, dataSet({ [TAG.PatientOrientation]: ['A', 'FR'] }), FITTED)).toEqual({
      top: 'HL',
      right: 'A',
      bottom: 'FR',
      left: 'P',
    });
  });

  test('are not guessed where the file says nothing or something else', () => {
    expect(edgeLetters(undefined, empty, FITTED)).toBeUndefined();
    expect(edgeLetters(undefined, dataSet({ [TAG.PatientOrientation]: ['LEFT', 'x'] }), FITTED)).toBeUndefined();
  });
});
