import { describe, expect, it } from 'vitest';
import { cameraDirections, lettersOf } from './edge-directions.ts';
import { GAZES, type Gaze, SIDES, turnedGaze } from './gaze.ts';
import { dot } from './geometry.ts';

/** The letters on the edges: top, right, bottom, left. */
function edges({ up, towardsViewer }: Gaze): string {
  const { top, right, bottom, left } = lettersOf(cameraDirections(up, towardsViewer));
  return [top, right, bottom, left].join(' ');
}

describe('how a solid is looked at', () => {
  it('has the patient lie as on films, whatever side is seen', () => {
    expect(SIDES.map((side) => `${side}: ${edges(GAZES[side])}`)).toEqual([
      'front: H L F R',
      'back: H R F L',
      'left: H P F A',
      'right: H A F P',
      'head: A R P L',
      'feet: A L P R',
    ]);
  });

  it('turns with the hand: to the right the right side of the patient comes, upwards the feet', () => {
    expect(edges(turnedGaze(GAZES.front, 90, 0))).toBe(edges(GAZES.right));
    expect(edges(turnedGaze(GAZES.front, -90, 0))).toBe(edges(GAZES.left));
    expect(edges(turnedGaze(GAZES.front, 180, 0))).toBe(edges(GAZES.back));
    expect(edges(turnedGaze(GAZES.front, 0, 90))).toBe('A L P R');
    expect(edges(turnedGaze(GAZES.front, 0, -90))).toBe('P L A R');
  });

  it('names both directions of an edge that looks between them', () => {
    expect(edges(turnedGaze(GAZES.front, 30, 0))).toBe('H LA F RP');
  });

  it('stays upright and unbent after ten thousand turns', () => {
    let gaze = GAZES.front;
    for (let turn = 0; turn < 10_000; turn += 1) {
      gaze = turnedGaze(gaze, 0.7, 0.3);
    }
    expect(dot(gaze.up, gaze.towardsViewer)).toBeCloseTo(0, 12);
    expect(dot(gaze.up, gaze.up)).toBeCloseTo(1, 12);
    expect(dot(gaze.towardsViewer, gaze.towardsViewer)).toBeCloseTo(1, 12);
  });
});
