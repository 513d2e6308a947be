import type { Vector3 } from './geometry.ts';
import { type GreyScale, windowRange } from './windows.ts';

/** How values become something to look at from outside. */
export type SolidPreset = 'bone' | 'vessels' | 'skin' | 'lung' | 'window' | 'mip';

/** From one point to the next everything runs straight; before the first and after the last it stays. */
interface LookPoint {
  readonly value: number;
  /** What a millimetre of it hides: 0 nothing, 1 all. */
  readonly opacity: number;
  /** Red, green and blue from 0 to 1. */
  readonly colour: Vector3;
}

export interface SolidLook {
  readonly points: readonly LookPoint[];
  /** Lit as a surface is. */
  readonly shaded: boolean;
  /** The greatest value along each line of sight, in place of what is nearest. */
  readonly greatest: boolean;
}

/** In Hounsfield units: they mean the same on every CT. */
const CT: Readonly<Record<'bone' | 'vessels' | 'skin' | 'lung', readonly LookPoint[]>> = {
  bone: [
    { value: 180, opacity: 0, colour: [0.55, 0.3, 0.2] },
    { value: 350, opacity: 0.35, colour: [0.85, 0.68, 0.48] },
    { value: 700, opacity: 0.85, colour: [0.95, 0.9, 0.8] },
    { value: 1500, opacity: 0.95, colour: [1, 1, 0.97] },
  ],
  vessels: [
    { value: 130, opacity: 0, colour: [0.5, 0.08, 0.06] },
    { value: 220, opacity: 0.4, colour: [0.8, 0.2, 0.14] },
    { value: 450, opacity: 0.75, colour: [0.95, 0.65, 0.45] },
    { value: 1000, opacity: 0.9, colour: [1, 0.96, 0.88] },
  ],
  skin: [
    { value: -450, opacity: 0, colour: [0.6, 0.4, 0.3] },
    { value: -200, opacity: 0.5, colour: [0.8, 0.6, 0.48] },
    { value: 60, opacity: 0.8, colour: [0.9, 0.72, 0.6] },
    { value: 400, opacity: 0.95, colour: [1, 0.95, 0.9] },
  ],
  lung: [
    { value: -960, opacity: 0, colour: [0.4, 0.6, 0.8] },
    { value: -850, opacity: 0.06, colour: [0.5, 0.7, 0.9] },
    { value: -600, opacity: 0.15, colour: [0.8, 0.85, 0.9] },
    { value: -300, opacity: 0, colour: [0.9, 0.8, 0.75] },
  ],
};

/** What there is for values of a unit: only Hounsfield units tell bone from skin. */
export function presetsOf(unit: string): readonly [SolidPreset, ...SolidPreset[]] {
  return unit === 'HU' ? ['bone', 'vessels', 'skin', 'lung', 'mip'] : ['window', 'mip'];
}

/** `grey` is the window of the series, by which what knows no tissue goes. */
export function solidLook(preset: SolidPreset, { window }: GreyScale): SolidLook {
  const { low, high } = windowRange(window);
  switch (preset) {
    case 'window':
      return { points: ramp(low, high, 0, 0.6), shaded: true, greatest: false };
    case 'mip':
      return { points: ramp(low, high, 1, 1), shaded: false, greatest: true };
    default:
      return { points: CT[preset], shaded: preset !== 'lung', greatest: false };
  }
}

function ramp(low: number, high: number, first: number, last: number): readonly LookPoint[] {
  return [
    { value: low, opacity: first, colour: [0, 0, 0] },
    { value: high, opacity: last, colour: [1, 1, 1] },
  ];
}
