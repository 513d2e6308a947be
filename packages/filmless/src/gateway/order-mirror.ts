import type { Log } from '@filmless/access';
import { GATEWAY_LIMITS } from '../limits.ts';
import { type Ask, AwayError, jsonOf } from './ask.ts';

export interface OrderMirrorOptions {
  readonly centre: Ask;
  /** The archive here, with the right to edit orders of all facilities. */
  readonly local: Ask;
  /** Facilities this site has. */
  readonly facilities: () => readonly string[];
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

/** An order of the centre, as far as it is looked at here; the archive here checks the rest. */
interface MirroredOrder {
  readonly accessionNumber: string;
  readonly state: string;
  readonly version: number;
  /** As it is written down: nothing that only the archive says. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** What an archive says of an order beside what was wished. */
const SAID: ReadonlySet<string> = new Set(['state', 'createdAt', 'updatedAt', 'version', 'performed', 'study', 'studies']);

const DAY_MS = 86_400_000;

/**
 * Orders of the centre, copied into the archive here, so that machines get their worklist while the line is down. The centre's
 * word counts: what was changed or cancelled there is changed here, but what a machine has used already.
 */
export class OrderMirror {
  readonly #options: OrderMirrorOptions;
  /** Versions that stand here already, by facility and accession number. */
  #seen: ReadonlyMap<string, number> = new Map();

  constructor(options: OrderMirrorOptions) {
    this.#options = options;
  }

  /** Takes over what is new at the centre; gives how many orders changed here. @throws AwayError */
  async refresh(signal: AbortSignal): Promise<number> {
    const seen = new Map<string, number>();
    let changed = 0;
    for (const facility of this.#options.facilities()) {
      for await (const order of this.#orders(facility, signal)) {
        const key = `${facility} ${order.accessionNumber}`;
        if (this.#seen.get(key) !== order.version && (await this.#apply(facility, order, signal))) {
          changed += 1;
        }
        seen.set(key, order.version);
      }
    }
    this.#seen = seen;
    return changed;
  }

  /** Those of the days around now, cancelled ones included. */
  async *#orders(facility: string, signal: AbortSignal): AsyncGenerator<MirroredOrder, void> {
    const { centre, now } = this.#options;
    const day = (offset: number) => new Date(now() + offset * DAY_MS).toISOString().slice(0, 10);
    const query = new URLSearchParams({
      facility,
      from: day(-GATEWAY_LIMITS.orderDaysBack),
      to: day(GATEWAY_LIMITS.orderDaysAhead),
      sort: 'start',
      limit: String(GATEWAY_LIMITS.orderPage),
    });
    for (let pages = 0; pages < GATEWAY_LIMITS.orderPages; pages += 1) {
      const page = parsePage(await jsonOf(await centre(`/api/orders?${query}`, { signal }), 200, 'orders'));
      yield* page.orders;
      if (page.next === undefined) {
        return;
      }
      query.set('after', page.next);
    }
    this.#options.log.warn({ facility, orders: GATEWAY_LIMITS.orderPages * GATEWAY_LIMITS.orderPage }, 'gateway.too-many-orders');
  }

  /** True when something changed here. What this archive refuses is told, and not tried again before it changes at the centre. */
  async #apply(facility: string, order: MirroredOrder, signal: AbortSignal): Promise<boolean> {
    const { local } = this.#options;
    const query = new URLSearchParams({ facility });
    const path = `/api/orders/${encodeURIComponent(order.accessionNumber)}?${query}`;
    const found = await local(path, { signal });
    if (found.status === 404) {
      await found.body?.cancel();
      return order.state !== 'CANCELLED' && (await this.#write('POST', '/api/orders', order, signal));
    }
    const here = parseOrder(await jsonOf(found, 200, 'the order here'));
    if (order.state === 'CANCELLED') {
      return here.state !== 'CANCELLED' && (await this.#write('DELETE', path, undefined, signal));
    }
    if (here.state !== 'CANCELLED' && same(here.document, order.document)) {
      return false;
    }
    return await this.#write('PUT', `${path}&restore=true`, order, signal);
  }

  async #write(method: string, path: string, order: MirroredOrder | undefined, signal: AbortSignal): Promise<boolean> {
    const init =
      order === undefined
        ? { method, signal }
        : { method, signal, headers: { 'content-type': 'application/json' }, body: JSON.stringify(order.document) };
    const response = await this.#options.local(path, init);
    await response.body?.cancel();
    if (!response.ok) {
      // 409: a machine has begun with it here, and what it used stays.
      this.#options.log.warn({ method, status: response.status }, 'gateway.order-not-taken');
    }
    return response.ok;
  }
}

/** Both were written by the same program, but attributes may come in another order. */
function same(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}

function parsePage(value: unknown): { readonly orders: readonly MirroredOrder[]; readonly next: string | undefined } {
  const { orders, next } = fieldsOf(value);
  if (!Array.isArray(orders)) {
    throw new AwayError('orders: the answer has no list of them');
  }
  return { orders: orders.map(parseOrder), next: typeof next === 'string' ? next : undefined };
}

function parseOrder(value: unknown): MirroredOrder {
  const fields = fieldsOf(value);
  const { accessionNumber, state, version, steps } = fields;
  if (typeof accessionNumber !== 'string' || typeof state !== 'string' || typeof version !== 'number' || !Array.isArray(steps)) {
    throw new AwayError('orders: one of the answer is no order');
  }
  const kept = Object.entries(fields).filter(([name]) => !SAID.has(name));
  const wished = steps.map((step) => Object.fromEntries(Object.entries(fieldsOf(step)).filter(([name]) => name !== 'state')));
  return { accessionNumber, state, version, document: { ...Object.fromEntries(kept), steps: wished } };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
}
