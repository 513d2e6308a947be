import type { OrderState, PerformedState } from './model.ts';

/** The state a performed procedure step gives the step it was scheduled by. PS3.4 F.7.1. */
const OF_PERFORMED: Readonly<Record<PerformedState, OrderState>> = {
  'IN PROGRESS': 'IN_PROGRESS',
  COMPLETED: 'COMPLETED',
  DISCONTINUED: 'DISCONTINUED',
};

/**
 * The state of a step that performed procedure steps belong to: there may be several, one after the other. While one is in
 * progress, it is; what was completed once is done, whatever else was given up.
 */
export function stateOfPerformed(performed: readonly PerformedState[]): OrderState | undefined {
  const [first] = performed;
  const decisive = (['IN PROGRESS', 'COMPLETED'] as const).find((state) => performed.includes(state)) ?? first;
  return decisive === undefined ? undefined : OF_PERFORMED[decisive];
}

/** The state of an order from those of its steps: it is done when all its steps are. */
export function stateOfSteps(steps: readonly OrderState[]): OrderState {
  const [first] = steps;
  if (first === undefined || steps.every((state) => state === first)) {
    return first ?? 'SCHEDULED';
  }
  const open = steps.some((state) => state === 'SCHEDULED' || state === 'IN_PROGRESS');
  return open ? 'IN_PROGRESS' : 'COMPLETED';
}

/** Whether a machine has begun with it. */
export function isBegun(state: OrderState): boolean {
  return state === 'IN_PROGRESS' || state === 'COMPLETED' || state === 'DISCONTINUED';
}
