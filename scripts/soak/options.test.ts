import { describe, expect, it } from 'vitest';
import { parseOptions } from './options.ts';

const now = () => new Date('2026-03-01T08:09:10.123Z');

describe('the options of the soak', () => {
  it('runs for an hour, from a seed that says when it began', () => {
    expect(parseOptions([], now)).toEqual({ minutes: 60, seed: '2026-03-01T08:09:10' });
  });

  it('takes minutes and a seed to repeat', () => {
    expect(parseOptions(['--minutes', '0.5', '--seed', 'x'], now)).toEqual({ minutes: 0.5, seed: 'x' });
  });

  it('refuses what is no length of time', () => {
    expect(() => parseOptions(['--minutes', 'long'], now)).toThrow('--minutes must be a number above zero, not long');
    expect(() => parseOptions(['--minutes', '0'], now)).toThrow('above zero');
  });

  it('only helps when asked for help', () => {
    expect(parseOptions(['--help'], now)).toBeUndefined();
  });
});
