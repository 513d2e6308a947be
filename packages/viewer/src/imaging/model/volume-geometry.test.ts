import { type JsonValue, TAG, type TagKey } from '@filmless/dicom';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameOf } from './fixture.ts';
import { dot, type Vector3 } from './geometry.ts';
import type { ImageFrame } from './image-frame.ts';
import { judgeVolume, LEAST_SLICES, type VolumeGeometry } from './volume-geometry.ts';

interface Stack {
  readonly row: Vector3;
  readonly column: Vector3;
  readonly stacking: Vector3;
  readonly origin: Vector3;
  readonly count: number;
  readonly step: number;
}

const HEAD: Stack = {
  row: [1, 0, 0],
  column: [0, 1, 0],
  stacking: [0, 0, 1],
  origin: [-120, -130, 40],
  count: 12,
  step: 2.5,
};

const moved = (from: Vector3, way: Vector3, by: number): Vector3 => [
  from[0] + way[0] * by,
  from[1] + way[1] * by,
  from[2] + way[2] * by,
];

type Changes = Readonly<Record<TagKey, JsonValue | readonly JsonValue[]>>;

function sliceAt({ row, column }: Stack, number: number, position: Vector3, changes: Changes = {}): ImageFrame {
  return frameOf({
    [TAG.SOPInstanceUID]: `1.2.${number}`,
    [TAG.InstanceNumber]: number,
    [TAG.ImageOrientationPatient]: [...row, ...column],
    [TAG.ImagePositionPatient]: [...position],
    ...changes,
  });
}

function slicesOf(stack: Stack, changes: Changes = {}): ImageFrame[] {
  return Array.from({ length: stack.count }, (_, index) =>
    sliceAt(stack, index + 1, moved(stack.origin, stack.stacking, index * stack.step), changes),
  );
}

function volumeOf(frames: readonly ImageFrame[]): VolumeGeometry {
  const judged = judgeVolume(frames);
  if (judged.kind !== 'volume') {
    throw new Error(`no volume: ${JSON.stringify(judged)}`);
  }
  return judged;
}

/** Rotations of the patient's axes, evenly over all. */
const turned = fc
  .tuple(
    fc.double({ min: -1, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 6.28, noNaN: true }),
    fc.double({ min: 0, max: 6.28, noNaN: true }),
  )
  .map(([height, round, spin]): Pick<Stack, 'row' | 'column' | 'stacking'> => {
    const across = Math.sqrt(1 - height * height);
    const stacking: Vector3 = [across * Math.cos(round), across * Math.sin(round), height];
    const side: Vector3 = [-Math.sin(round), Math.cos(round), 0];
    const other = crossed(stacking, side);
    const row = moved([side[0] * Math.cos(spin), side[1] * Math.cos(spin), side[2] * Math.cos(spin)], other, Math.sin(spin));
    return { row, column: crossed(stacking, row), stacking };
  });

const crossed = (a: Vector3, b: Vector3): Vector3 => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

const place = fc.tuple(
  fc.double({ min: -500, max: 500, noNaN: true }),
  fc.double({ min: -500, max: 500, noNaN: true }),
  fc.double({ min: -2000, max: 2000, noNaN: true }),
);

const stacks: fc.Arbitrary<Stack> = fc
  .record({
    axes: turned,
    origin: place,
    count: fc.integer({ min: LEAST_SLICES + 2, max: 40 }),
    step: fc.double({ min: 0.3, max: 10, noNaN: true }),
  })
  .map(({ axes, ...rest }) => ({ ...axes, ...rest }));

describe('judgeVolume', () => {
  test('finds the grid of any even stack, whichever way it lies and in whatever order its slices come', () => {
    fc.assert(
      fc.property(stacks, fc.infiniteStream(fc.nat()), (stack, order) => {
        const keys = new Map(slicesOf(stack).map((frame) => [frame, order.next().value ?? 0] as const));
        const volume = volumeOf([...keys.keys()].sort((a, b) => (keys.get(a) ?? 0) - (keys.get(b) ?? 0)));
        expect(volume.dimensions).toEqual([4, 3, stack.count]);
        expect(volume.spacing[2]).toBeCloseTo(stack.step, 6);
        for (const [index, { plane }] of volume.frames.entries()) {
          const grid = moved(volume.origin, volume.stacking, index * volume.spacing[2]);
          for (const axis of [0, 1, 2] as const) {
            expect(plane?.position?.[axis]).toBeCloseTo(grid[axis], 5);
          }
        }
        expect(dot(volume.stacking, stack.stacking)).toBeCloseTo(1, 9);
      }),
      { numRuns: 60 },
    );
  });

  test('names the tilt of a gantry in degrees, however the images lie', () => {
    fc.assert(
      fc.property(stacks, fc.double({ min: 3, max: 30, noNaN: true }), (stack, degrees) => {
        const lean = Math.tan((degrees * Math.PI) / 180);
        const frames = slicesOf(stack).map((frame, index) =>
          sliceAt(stack, index + 1, moved(frame.plane?.position ?? [0, 0, 0], stack.column, lean * index * stack.step)),
        );
        const judged = judgeVolume(frames);
        // So short a stack that its ends lie a quarter of a millimetre beside each other is none that leans.
        fc.pre(lean * stack.step * (stack.count - 1) > 0.3);
        expect(judged.kind).toBe('tilted');
        expect(judged.kind === 'tilted' ? judged.degrees : 0).toBeCloseTo(degrees, 4);
      }),
      { numRuns: 60 },
    );
  });

  test('counts the slices that are missing', () => {
    fc.assert(
      fc.property(stacks, fc.integer({ min: 1, max: 4 }), (stack, gone) => {
        const all = slicesOf({ ...stack, count: stack.count + 8 });
        const frames = all.filter((_, index) => index < 3 || index >= 3 + gone);
        const judged = judgeVolume(frames);
        expect(judged).toMatchObject({ kind: 'gaps', missing: gone });
      }),
      { numRuns: 40 },
    );
  });

  test('counts slices that lie where others lie', () => {
    fc.assert(
      fc.property(stacks, fc.integer({ min: 1, max: 6 }), (stack, twice) => {
        const frames = slicesOf(stack);
        expect(judgeVolume([...frames, ...frames.slice(0, twice)])).toEqual({ kind: 'duplicates', count: twice });
      }),
      { numRuns: 40 },
    );
  });

  test('bears positions rounded to a tenth of a millimetre, and no more', () => {
    const rounded = (digits: number, step: number) =>
      slicesOf({ ...HEAD, step }).map((_, index) => {
        const z = Number((HEAD.origin[2] + index * step).toFixed(digits));
        return sliceAt(HEAD, index + 1, [HEAD.origin[0], HEAD.origin[1], z], {});
      });
    expect(judgeVolume(rounded(1, 0.625)).kind).toBe('volume');
    expect(judgeVolume(rounded(0, 2.5)).kind).toBe('uneven');
  });

  test('says how uneven distances are', () => {
    const heights = [0, 5, 10, 15, 20, 27, 34, 41];
    const frames = heights.map((z, index) => sliceAt(HEAD, index + 1, [0, 0, z]));
    expect(judgeVolume(frames)).toEqual({ kind: 'uneven', least: 5, most: 7 });
  });

  test('says where slices lie beside each other', () => {
    const frames = slicesOf(HEAD).map((frame, index) =>
      sliceAt(HEAD, index + 1, moved(frame.plane?.position ?? [0, 0, 0], HEAD.row, index === 6 ? 8 : 0)),
    );
    expect(judgeVolume(frames)).toMatchObject({ kind: 'shifted', distance: 8 });
  });

  test.each<readonly [string, Changes]>([
    ['colour', { [TAG.SamplesPerPixel]: 3, [TAG.PhotometricInterpretation]: 'RGB' }],
    ['place', { [TAG.ImagePositionPatient]: [] }],
    ['place', { [TAG.ImageOrientationPatient]: [] }],
    ['reference', { [TAG.FrameOfReferenceUID]: '1.2.10' }],
    ['direction', { [TAG.ImageOrientationPatient]: [0, 1, 0, 0, 0, -1] }],
    ['matrix', { [TAG.Rows]: 6 }],
    ['spacing', { [TAG.PixelSpacing]: [0.5, 0.6] }],
    ['spacing', { [TAG.PixelSpacing]: [] }],
  ])('refuses a series of which one image differs: %s', (reason, changes) => {
    const frames = slicesOf(HEAD);
    const position = frames[4]?.plane?.position ?? [0, 0, 0];
    const other = sliceAt(HEAD, 5, position, changes);
    expect(judgeVolume(frames.with(4, other))).toEqual({ kind: reason });
  });

  test('refuses a handful of slices', () => {
    expect(judgeVolume(slicesOf({ ...HEAD, count: 4 }))).toEqual({ kind: 'few', count: 4, least: 5 });
    expect(judgeVolume([])).toEqual({ kind: 'few', count: 0, least: 5 });
  });
});
