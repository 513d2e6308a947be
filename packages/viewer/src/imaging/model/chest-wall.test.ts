import { TAG } from '@filmless/dicom';
import { describe, expect, test } from 'vitest';
import { chestWall, wallAt } from './chest-wall.ts';
import { dataSet } from './fixture.ts';
import { FITTED, panned, type Stage, toScreen } from './view.ts';

/** A picture half as wide as its pane. */
const STAGE: Stage = { columns: 100, rows: 200, spacing: { x: 1, y: 1 }, width: 800, height: 800 };

const edgeOf = (wall: 'left' | 'right') => ({ x: wall === 'left' ? -0.5 : 99.5, y: 0 });

describe('the chest wall', () => {
  test.each([
    ['begins rows that run to the front', { [TAG.PatientOrientation]: ['A', 'R'] }, 'left'],
    ['ends rows that run to the back', { [TAG.PatientOrientation]: ['P', 'FL'] }, 'right'],
    ['is told by the orientation before the side', { [TAG.PatientOrientation]: ['A', 'R'], [TAG.ImageLaterality]: 'R' }, 'left'],
    ['of a right breast is at the right where nothing is said', { [TAG.ImageLaterality]: 'R' }, 'right'],
    ['is nowhere where nothing is known', {}, undefined],
  ])('%s', (_, values, wall) => {
    expect(chestWall(dataSet(values))).toBe(wall);
  });

  test.each([
    ['left', 'left', 0, false],
    ['right', 'right', 800, false],
    ['left', 'right', 800, true],
    ['right', 'left', 0, true],
  ] as const)('at the %s of the picture stands at the %s edge of the pane', (wall, edge, x, mirrored) => {
    const view = wallAt(FITTED, STAGE, wall, edge);
    expect(view.mirrored).toBe(mirrored);
    expect(toScreen(view, STAGE, edgeOf(wall)).x).toBeCloseTo(x);
    const zoomed = wallAt({ ...FITTED, zoom: 2.5 }, STAGE, wall, edge);
    expect(toScreen(zoomed, STAGE, edgeOf(wall)).x).toBeCloseTo(x);
  });

  test('does not jump when the picture is moved on from there', () => {
    const view = wallAt(FITTED, { ...STAGE, width: 1200 }, 'left', 'left');
    const stage = { ...STAGE, width: 1200 };
    expect(toScreen(panned(view, stage, 0, 5), stage, edgeOf('left')).x).toBeCloseTo(0);
  });
});
