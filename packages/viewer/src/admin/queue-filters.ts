import { DELIVERY_CLASSES, DELIVERY_STATES, type DeliveryClass, type DeliveryState } from '../api/queues.ts';
import { adminUrl } from '../app/route.ts';

/** What of the queues is shown; kept in the address. */
export interface QueueFilters {
  /** A destination whose deliveries are listed; without it all queues are. */
  readonly at?: string | undefined;
  readonly state?: DeliveryState | undefined;
  readonly class?: DeliveryClass | undefined;
}

export function readQueueFilters(search: string): QueueFilters {
  const parameters = new URLSearchParams(search);
  return {
    at: parameters.get('at') ?? undefined,
    state: DELIVERY_STATES.find((state) => state === parameters.get('state')),
    class: DELIVERY_CLASSES.find((priority) => priority === parameters.get('class')),
  };
}

export function queueUrl(filters: QueueFilters): string {
  const parameters = new URLSearchParams();
  for (const name of ['at', 'state', 'class'] as const) {
    const value = filters[name];
    if (value !== undefined) {
      parameters.set(name, value);
    }
  }
  return parameters.size === 0 ? adminUrl('queues') : `${adminUrl('queues')}?${parameters}`;
}
