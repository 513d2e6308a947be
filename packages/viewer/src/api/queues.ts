import { type Client, pathOf } from './client.ts';
import { flag, list, listIn, number, object, oneOf, or, type Parse, text } from './json.ts';
import { type Page, pageIn } from './page.ts';

export type DeliveryClass = 'emergency' | 'consultation' | 'routine' | 'backfill';

/** In the order they are sent in. */
export const DELIVERY_CLASSES: readonly DeliveryClass[] = ['emergency', 'consultation', 'routine', 'backfill'];

/** `aside`: waits for a person. */
export type DeliveryState = 'queued' | 'sending' | 'done' | 'aside';

export const DELIVERY_STATES: readonly DeliveryState[] = ['queued', 'sending', 'aside', 'done'];

/** What waits of one class. */
export interface ClassOverview {
  readonly class: DeliveryClass;
  readonly waiting: number;
  readonly bytes: number;
  /** When all of it will have arrived; null where nobody can say. */
  readonly arrives: string | null;
}

/** How the queue of a destination stands. */
export interface Queue {
  readonly destination: string;
  readonly queued: number;
  readonly sending: number;
  readonly done: number;
  readonly aside: number;
  readonly paused: boolean;
  /** Why nothing can be sent at the moment, in the server's words. */
  readonly problem: string | null;
  readonly nextTry: string | null;
  readonly bytesWaiting: number;
  readonly bytesPerSecond: number | null;
  readonly classes: readonly ClassOverview[];
  /** Why deliveries were set aside. */
  readonly problems: readonly { readonly problem: string; readonly deliveries: number }[];
}

/** One image to one destination. */
export interface Delivery {
  readonly id: number;
  readonly studyInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly problem: string | null;
  readonly createdAt: string;
  readonly nextAttempt: string;
  readonly class: DeliveryClass;
  readonly rule: string;
  readonly heldUntil: string | null;
  readonly bytes: number | null;
  /** What the receiver says of keeping it safe; null where it is not asked. */
  readonly commitment: string | null;
}

const parseQueue: Parse<Queue> = object<Queue>({
  destination: text,
  queued: number,
  sending: number,
  done: number,
  aside: number,
  paused: flag,
  problem: or(text, null),
  nextTry: or(text, null),
  bytesWaiting: or(number, 0),
  bytesPerSecond: or(number, null),
  classes: list(
    object<ClassOverview>({
      class: oneOf(...DELIVERY_CLASSES),
      waiting: number,
      bytes: number,
      arrives: or(text, null),
    }),
  ),
  problems: or(list(object<Queue['problems'][number]>({ problem: text, deliveries: number })), []),
});

const parseDelivery: Parse<Delivery> = object<Delivery>({
  id: number,
  studyInstanceUid: text,
  sopInstanceUid: text,
  state: oneOf(...DELIVERY_STATES),
  attempts: number,
  problem: or(text, null),
  createdAt: text,
  nextAttempt: text,
  class: oneOf(...DELIVERY_CLASSES),
  rule: or(text, ''),
  heldUntil: or(text, null),
  bytes: or(number, null),
  commitment: or(text, null),
});

const parseDeliveries: Parse<Page<Delivery>> = pageIn('deliveries', parseDelivery, number);

export interface DeliveryFilters {
  readonly state?: DeliveryState | undefined;
  readonly class?: DeliveryClass | undefined;
}

export function readQueues(client: Client, signal?: AbortSignal): Promise<readonly Queue[]> {
  return client.get('/api/queues', listIn('queues', parseQueue), signal);
}

/** The newest first; `after` is `next` of the page before. */
export function readDeliveries(
  client: Client,
  destination: string,
  { state, class: priority }: DeliveryFilters,
  after?: number,
  signal?: AbortSignal,
): Promise<Page<Delivery>> {
  const parameters = new URLSearchParams({
    limit: '50',
    ...(state === undefined ? {} : { state }),
    ...(priority === undefined ? {} : { class: priority }),
    ...(after === undefined ? {} : { after: String(after) }),
  });
  return client.get(`${pathOf('api', 'queues', destination)}?${parameters}`, parseDeliveries, signal);
}

/** One delivery, all that were set aside, or without either all that is not done. */
interface Tried {
  readonly id?: number;
  readonly state?: 'aside';
}

const parseRetried: Parse<{ readonly retried: number }> = object<{ readonly retried: number }>({ retried: number });
const parseRemoved: Parse<{ readonly removed: number }> = object<{ readonly removed: number }>({ removed: number });

/** Gives how many are tried again. */
export async function retryDeliveries(client: Client, destination: string, which: Tried): Promise<number> {
  const path = `${pathOf('api', 'queues', destination)}/retry`;
  return (await client.exchange(path, { method: 'POST', body: which }, parseRetried)).retried;
}

/** What was not sent will not be; the images stay in the archive. Gives how many were taken out. */
export async function removeDeliveries(
  client: Client,
  destination: string,
  which: { readonly id: number } | { readonly studyInstanceUid: string } | { readonly state: 'aside' },
): Promise<number> {
  const path = `${pathOf('api', 'queues', destination)}/remove`;
  return (await client.exchange(path, { method: 'POST', body: which }, parseRemoved)).removed;
}

export function pauseQueue(client: Client, destination: string, paused: boolean): Promise<void> {
  return client.send(`${pathOf('api', 'queues', destination)}/pause`, { method: 'POST', body: { paused } });
}
