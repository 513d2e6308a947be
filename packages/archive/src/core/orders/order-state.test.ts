import { describe, expect, it } from 'vitest';
import type { OrderState, PerformedState } from './model.ts';
import { isBegun, stateOfPerformed, stateOfSteps } from './order-state.ts';

describe('the state of a step', () => {
  it.each<[readonly PerformedState[], OrderState | undefined]>([
    [[], undefined],
    [['IN PROGRESS'], 'IN_PROGRESS'],
    [['DISCONTINUED'], 'DISCONTINUED'],
    [['DISCONTINUED', 'IN PROGRESS'], 'IN_PROGRESS'],
    [['DISCONTINUED', 'COMPLETED'], 'COMPLETED'],
    [['COMPLETED', 'IN PROGRESS'], 'IN_PROGRESS'],
  ])('after %j is %s', (performed, state) => {
    expect(stateOfPerformed(performed)).toBe(state);
  });
});

describe('the state of an order', () => {
  it.each<[readonly OrderState[], OrderState]>([
    [['SCHEDULED'], 'SCHEDULED'],
    [['SCHEDULED', 'SCHEDULED'], 'SCHEDULED'],
    [['SCHEDULED', 'COMPLETED'], 'IN_PROGRESS'],
    [['IN_PROGRESS', 'COMPLETED'], 'IN_PROGRESS'],
    [['COMPLETED', 'COMPLETED'], 'COMPLETED'],
    [['COMPLETED', 'DISCONTINUED'], 'COMPLETED'],
    [['DISCONTINUED', 'DISCONTINUED'], 'DISCONTINUED'],
    [['CANCELLED', 'CANCELLED'], 'CANCELLED'],
  ])('of steps %j is %s', (steps, state) => {
    expect(stateOfSteps(steps)).toBe(state);
  });

  it('is begun once a machine works on it', () => {
    expect((['SCHEDULED', 'CANCELLED'] as const).some(isBegun)).toBe(false);
    expect((['IN_PROGRESS', 'COMPLETED', 'DISCONTINUED'] as const).every(isBegun)).toBe(true);
  });
});
