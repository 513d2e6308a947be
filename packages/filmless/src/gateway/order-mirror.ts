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

/** What an order is called by. */
export interface OrderName {
  readonly facility: string;
  readonly accessionNumber: string;
}

/** An order of the centre, as far as it is looked at here; the archive here checks the rest. */
interface MirroredOrder {
  readonly accessionNumber: string;
  readonly state: string;
  readonly version: number;
  /** Of its steps; local to the facility. */
  readonly starts: readonly string[];
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
  #seen = new Map<string, number>();

  constructor(options: OrderMirrorOptions) {
    this.#options = options;
  }

  /** Takes over what is new at the centre in the days around now; gives how many orders changed here. @throws AwayError */
  async refresh(signal: AbortSignal): Promise<number> {
    const seen = new Map<string, number>();
    let changed = 0;
    for (const facility of this.#options.facilities()) {
      for await (const order of this.#orders(this.#options.centre, facility, {}, signal)) {
        changed += Number(await this.#take(facility, order, signal));
        seen.set(keyOf(facility, order.accessionNumber), order.version);
      }
    }
    this.#seen = seen;
    return changed + (await this.#refreshOthers(signal));
  }

  /** The same for one order that changed there. @throws AwayError */
  async refreshOne({ facility, accessionNumber }: OrderName, signal: AbortSignal): Promise<number> {
    const { centre, facilities } = this.#options;
    if (!facilities().includes(facility)) {
      return 0;
    }
    const found = await centre(pathOf(facility, accessionNumber), { signal });
    if (found.status === 404) {
      await found.body?.cancel();
      return 0;
    }
    const order = parseOrder(await jsonOf(found, 200, 'an order'));
    if (!this.#isNear(order) && !(await this.#isHere(facility, accessionNumber, signal))) {
      return 0;
    }
    const changed = await this.#take(facility, order, signal);
    this.#seen.set(keyOf(facility, accessionNumber), order.version);
    return Number(changed);
  }

  /** What a machine may still begin with here and the centre did not list: it was put off to a later day, or made here. */
  async #refreshOthers(signal: AbortSignal): Promise<number> {
    const others: OrderName[] = [];
    for (const facility of this.#options.facilities()) {
      for await (const { accessionNumber } of this.#orders(this.#options.local, facility, { state: 'SCHEDULED' }, signal)) {
        if (!this.#seen.has(keyOf(facility, accessionNumber))) {
          others.push({ facility, accessionNumber });
        }
      }
    }
    let changed = 0;
    for (const other of others) {
      changed += await this.refreshOne(other, signal);
    }
    return changed;
  }

  async #take(facility: string, order: MirroredOrder, signal: AbortSignal): Promise<boolean> {
    const known = this.#seen.get(keyOf(facility, order.accessionNumber)) === order.version;
    return !known && (await this.#apply(facility, order, signal));
  }

  async #isHere(facility: string, accessionNumber: string, signal: AbortSignal): Promise<boolean> {
    const found = await this.#options.local(pathOf(facility, accessionNumber), { signal });
    await found.body?.cancel();
    return found.status === 200;
  }

  #day(offset: number): string {
    return new Date(this.#options.now() + offset * DAY_MS).toISOString().slice(0, 10);
  }

  /** One of whose steps is on the days that are mirrored. */
  #isNear({ starts }: MirroredOrder): boolean {
    const [from, to] = [this.#day(-GATEWAY_LIMITS.orderDaysBack), this.#day(GATEWAY_LIMITS.orderDaysAhead)];
    return starts.some((start) => start.slice(0, 10) >= from && start.slice(0, 10) <= to);
  }

  /** Those of the days around now, cancelled ones included. */
  async *#orders(
    archive: Ask,
    facility: string,
    more: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): AsyncGenerator<MirroredOrder, void> {
    const query = new URLSearchParams({
      facility,
      from: this.#day(-GATEWAY_LIMITS.orderDaysBack),
      to: this.#day(GATEWAY_LIMITS.orderDaysAhead),
      sort: 'start',
      limit: String(GATEWAY_LIMITS.orderPage),
      ...more,
    });
    for (let pages = 0; pages < GATEWAY_LIMITS.orderPages; pages += 1) {
      const page = parsePage(await jsonOf(await archive(`/api/orders?${query}`, { signal }), 200, 'orders'));
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
    const path = pathOf(facility, order.accessionNumber);
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

function keyOf(facility: string, accessionNumber: string): string {
  return `${facility} ${accessionNumber}`;
}

function pathOf(facility: string, accessionNumber: string): string {
  return `/api/orders/${encodeURIComponent(accessionNumber)}?${new URLSearchParams({ facility })}`;
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
  const starts = steps.map((step) => fieldsOf(step).start).filter((start) => typeof start === 'string');
  const wished = steps.map((step) => Object.fromEntries(Object.entries(fieldsOf(step)).filter(([name]) => name !== 'state')));
  return { accessionNumber, state, version, starts, document: { ...Object.fromEntries(kept), steps: wished } };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
}
