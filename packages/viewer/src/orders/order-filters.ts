import { ORDER_STATES, type OrderState } from '../api/order-state.ts';
import type { OrderQuery } from '../api/orders.ts';
import { localDate } from '../i18n/format.ts';

export type OrderDays = 'yesterday' | 'today' | 'tomorrow' | 'next7' | 'all';

export const ORDER_DAYS: readonly OrderDays[] = ['yesterday', 'today', 'tomorrow', 'next7', 'all'];

/** Which orders are listed. Unless told otherwise, those of today. */
export interface OrderFilters {
  readonly q: string;
  /** Undefined with a range of days of one's own. */
  readonly days: OrderDays | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly modality: string | undefined;
  readonly station: string | undefined;
  readonly states: readonly OrderState[];
}

export const TODAY: OrderFilters = {
  q: '',
  days: 'today',
  from: undefined,
  to: undefined,
  modality: undefined,
  station: undefined,
  states: [],
};

/** Reads the filters of an address, so that a list can be kept as a bookmark of a machine's room. */
export function readOrderFilters(search: string): OrderFilters {
  const parameters = new URLSearchParams(search);
  const from = day(parameters.get('from'));
  const to = day(parameters.get('to'));
  const ranged = from !== undefined || to !== undefined;
  return {
    q: parameters.get('q') ?? '',
    days: ranged ? undefined : (ORDER_DAYS.find((known) => known === parameters.get('date')) ?? 'today'),
    from,
    to,
    modality: code(parameters.get('modality')),
    station: parameters.get('station')?.trim() || undefined,
    states: ORDER_STATES.filter((state) => (parameters.get('state') ?? '').split(',').includes(state)),
  };
}

export function writeOrderFilters({ q, days, from, to, modality, station, states }: OrderFilters): string {
  const parameters = new URLSearchParams();
  const date = days === 'today' ? undefined : days;
  for (const [name, value] of Object.entries({ q, date, from, to, modality, station, state: states.join(',') })) {
    if (value !== undefined && value !== '') {
      parameters.set(name, value);
    }
  }
  const search = parameters.toString().replaceAll('%2C', ',');
  return search === '' ? '/orders' : `/orders?${search}`;
}

/** What the server is asked, with days counted from the day `now` is. */
export function orderQuery(filters: OrderFilters, now: Date): OrderQuery {
  const { q, modality, station, states } = filters;
  // A day is worked through from its beginning; of all days the latest matter.
  return { q: q.trim(), modality, station, states, latestFirst: filters.days === 'all', ...rangeOf(filters, now) };
}

function rangeOf({ days, from, to }: OrderFilters, now: Date): Pick<OrderQuery, 'from' | 'to'> {
  const ahead = (count: number) => localDate(new Date(now.getFullYear(), now.getMonth(), now.getDate() + count));
  switch (days) {
    case 'yesterday':
      return { from: ahead(-1), to: ahead(-1) };
    case 'today':
      return { from: ahead(0), to: ahead(0) };
    case 'tomorrow':
      return { from: ahead(1), to: ahead(1) };
    case 'next7':
      return { from: ahead(0), to: ahead(6) };
    case 'all':
      return {};
    case undefined:
      return { from, to };
  }
}

/** True when all that is listed is of the same day. */
export function isOneDay({ days, from, to }: OrderFilters): boolean {
  return days === 'today' || days === 'tomorrow' || days === 'yesterday' || (from !== undefined && from === to);
}

/** True when more is asked for than the list of today. */
export function isNarrowed(filters: OrderFilters): boolean {
  return writeOrderFilters(filters) !== '/orders';
}

function day(text: string | null): string | undefined {
  return /^\d{4}-\d{2}-\d{2}$/.test(text ?? '') ? (text ?? undefined) : undefined;
}

function code(text: string | null): string | undefined {
  return /^[A-Z0-9_ ]{1,16}$/.test(text ?? '') ? (text ?? undefined) : undefined;
}
