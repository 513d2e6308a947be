import { type Client, pathOf } from './client.ts';
import { anything, asRecord, list, number, object, oneOf, or, type Parse, text } from './json.ts';
import { ORDER_STATES, type OrderState } from './order-state.ts';

export type Priority = 'STAT' | 'HIGH' | 'ROUTINE';

export const PRIORITIES: readonly Priority[] = ['ROUTINE', 'HIGH', 'STAT'];

export interface OrderPatient {
  readonly id: string;
  /** As it was given: plain words, or with `^` between its parts. */
  readonly name: string;
  /** `YYYY-MM-DD`, or the year alone. */
  readonly birthDate: string | null;
  readonly sex: string;
}

export interface OrderStep {
  readonly id: string;
  readonly modality: string;
  readonly stationAeTitle: string;
  /** `YYYY-MM-DDTHH:MM:SS`, local to the facility. */
  readonly start: string;
  readonly description: string;
  /** Where it is done, as the worklist limits of a machine name it. */
  readonly room: string;
  readonly state: string;
}

/** What a machine reported of its work. */
export interface Performed {
  readonly sopInstanceUid: string;
  readonly state: string;
  readonly stationAeTitle: string;
  readonly start: string | null;
  readonly end: string | null;
  readonly instances: number | null;
}

export interface Order {
  readonly accessionNumber: string;
  readonly facility: string;
  readonly state: OrderState;
  readonly priority: Priority;
  readonly patient: OrderPatient;
  readonly description: string;
  readonly requestingService: string;
  readonly referringPhysician: string;
  readonly clinicalInfo: string;
  readonly pregnancyStatus: string;
  readonly weight: number | null;
  readonly allergies: string;
  readonly steps: readonly OrderStep[];
  readonly version: number;
  readonly updatedAt: string;
  readonly performed: readonly Performed[];
  readonly study: { readonly studyInstanceUid: string; readonly instances: number } | null;
  /** All of the answer: what the page does not show is sent back as it came. */
  readonly raw: Readonly<Record<string, unknown>>;
}

export interface OrderPage {
  readonly orders: readonly Order[];
  readonly next: string | null;
}

/** Which orders; what is not set does not limit. */
export interface OrderQuery {
  /** Words of the name, a patient id or an accession number. */
  readonly q?: string | undefined;
  readonly modality?: string | undefined;
  readonly station?: string | undefined;
  /** Days `YYYY-MM-DD` of a step's start, both included. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly states?: readonly OrderState[] | undefined;
  /** Else the earliest step comes first. */
  readonly latestFirst?: boolean | undefined;
  readonly after?: string | undefined;
}

const parseStep: Parse<OrderStep> = object<OrderStep>({
  id: or(text, ''),
  modality: or(text, ''),
  stationAeTitle: or(text, ''),
  start: or(text, ''),
  description: or(text, ''),
  room: or(text, ''),
  state: or(text, ''),
});

const parsePerformed: Parse<Performed> = object<Performed>({
  sopInstanceUid: or(text, ''),
  state: or(text, ''),
  stationAeTitle: or(text, ''),
  start: or(text, null),
  end: or(text, null),
  instances: or(number, null),
});

const parseFields: Parse<Omit<Order, 'raw'>> = object<Omit<Order, 'raw'>>({
  accessionNumber: text,
  facility: or(text, ''),
  state: oneOf(...ORDER_STATES),
  priority: or(oneOf(...PRIORITIES), 'ROUTINE'),
  patient: object<OrderPatient>({ id: or(text, ''), name: or(text, ''), birthDate: or(text, null), sex: or(text, '') }),
  description: or(text, ''),
  requestingService: or(text, ''),
  referringPhysician: or(text, ''),
  clinicalInfo: or(text, ''),
  pregnancyStatus: or(text, ''),
  weight: or(number, null),
  allergies: or(text, ''),
  steps: or(list(parseStep), []),
  version: or(number, 0),
  updatedAt: or(text, ''),
  performed: or(list(parsePerformed), []),
  study: or(
    object<{ readonly studyInstanceUid: string; readonly instances: number }>({
      studyInstanceUid: text,
      instances: or(number, 0),
    }),
    null,
  ),
});

export const parseOrder: Parse<Order> = (value, path) => ({
  ...parseFields(value, path),
  raw: asRecord(anything(value, path), path),
});

const parsePage: Parse<OrderPage> = object<OrderPage>({ orders: list(parseOrder), next: or(text, null) });

const ORDER_PAGE = 100;

/** A page of orders. What looks like a number is looked for among accession numbers and patient ids, anything else among names. */
export async function findOrders(client: Client, query: OrderQuery, signal?: AbortSignal): Promise<OrderPage> {
  const ask = (search: OrderSearch) => client.get(`/api/orders?${orderQueryText(query, search)}`, parsePage, signal);
  const words = query.q?.trim() ?? '';
  if (!/^\S*\d\S*$/.test(words)) {
    return ask({ name: words });
  }
  const [byNumber, byPatient] = await Promise.all([ask({ accessionNumber: words }), ask({ patientId: words })]);
  const known = new Set(byNumber.orders.map(({ facility, accessionNumber }) => `${facility}/${accessionNumber}`));
  const others = byPatient.orders.filter(({ facility, accessionNumber }) => !known.has(`${facility}/${accessionNumber}`));
  return { orders: [...byNumber.orders, ...others], next: byPatient.next };
}

export function readOrder(client: Client, key: OrderKey, signal?: AbortSignal): Promise<Order> {
  return client.get(orderPath(key), parseOrder, signal);
}

/** Accession numbers are unique within a facility. */
type OrderKey = Pick<Order, 'accessionNumber' | 'facility'>;

function orderPath({ accessionNumber, facility }: OrderKey): string {
  return `${pathOf('api', 'orders', accessionNumber)}?facility=${encodeURIComponent(facility)}`;
}

interface OrderSearch {
  readonly name?: string;
  readonly accessionNumber?: string;
  readonly patientId?: string;
}

export function orderQueryText(query: OrderQuery, search: OrderSearch): string {
  const { modality, station, from, to, states, after, latestFirst } = query;
  const parameters = new URLSearchParams();
  const entries = {
    ...search,
    modality,
    // With the comma: also what any machine may do.
    station: station === undefined ? undefined : `${station},`,
    from,
    to,
    state: states?.join(','),
    sort: latestFirst === true ? '-start' : 'start',
    after,
  };
  for (const [name, value] of Object.entries(entries)) {
    if (value !== undefined && value !== '') {
      parameters.append(name, value);
    }
  }
  parameters.append('limit', String(ORDER_PAGE));
  return parameters.toString();
}

export function createOrder(client: Client, body: object): Promise<Order> {
  return client.exchange('/api/orders', { method: 'POST', body }, parseOrder);
}

/** Replaces an order, unless somebody changed it since `version` was read: then 409. */
export function replaceOrder(client: Client, key: OrderKey, version: number, body: object): Promise<Order> {
  return client.exchange(orderPath(key), { method: 'PUT', body: { ...body, version } }, parseOrder);
}

export function cancelOrder(client: Client, key: OrderKey): Promise<void> {
  return client.send(orderPath(key), { method: 'DELETE' });
}

/** Puts a cancelled order back on the worklist. */
export function restoreOrder(client: Client, key: OrderKey, version: number, body: object): Promise<void> {
  return client.send(`${orderPath(key)}&restore=true`, { method: 'PUT', body: { ...body, version } });
}
