import { describe, expect, it } from 'vitest';
import { presetsOf, type SolidPreset, solidLook } from './solid-look.ts';

const GREY = { window: { center: 100, width: 201, shape: 'linear' } } as const;

/** How much a millimetre of a value hides. */
function opacityOf(preset: SolidPreset, value: number): number {
  const { points } = solidLook(preset, GREY);
  const after = points.findIndex((point) => point.value >= value);
  const [from, to] = [points[after - 1], points[after]];
  if (from === undefined || to === undefined) {
    return (after === 0 ? points[0] : points.at(-1))?.opacity ?? 0;
  }
  return from.opacity + ((value - from.value) / (to.value - from.value)) * (to.opacity - from.opacity);
}

describe('what a solid is seen by', () => {
  it('shows bone and neither water, fat nor air as bone', () => {
    for (const value of [-1000, -100, 0, 60, 180]) {
      expect(opacityOf('bone', value), String(value)).toBe(0);
    }
    expect(opacityOf('bone', 700)).toBeGreaterThan(0.8);
  });

  it('shows vessels with contrast and not those without', () => {
    expect(opacityOf('vessels', 45)).toBe(0);
    expect(opacityOf('vessels', 300)).toBeGreaterThan(0.4);
  });

  it('shows skin against air', () => {
    expect(opacityOf('skin', -1000)).toBe(0);
    expect(opacityOf('skin', 0)).toBeGreaterThan(0.5);
  });

  it('shows the lung between the air around the patient and the chest wall', () => {
    expect(opacityOf('lung', -1000)).toBe(0);
    expect(opacityOf('lung', -750)).toBeGreaterThan(0.05);
    expect(opacityOf('lung', 40)).toBe(0);
  });

  it('goes by the window where values mean no tissue', () => {
    expect(solidLook('window', GREY).points.map(({ value }) => value)).toEqual([-0.5, 199.5]);
    expect(solidLook('mip', GREY)).toMatchObject({ greatest: true, shaded: false });
  });

  it('has its points in the order of values', () => {
    for (const preset of [...presetsOf('HU'), ...presetsOf('')]) {
      const values = solidLook(preset, GREY).points.map(({ value }) => value);
      expect(values, preset).toEqual([...values].sort((a, b) => a - b));
    }
  });

  it('offers bone and lung for Hounsfield units only', () => {
    expect(presetsOf('HU')).toContain('bone');
    expect(presetsOf('')).toEqual(['window', 'mip']);
    expect(presetsOf('Bq/ml')).toEqual(['window', 'mip']);
  });
});
