import { beforeEach, describe, expect, it } from 'vitest';
import { memoryLog } from '../../test/doubles.ts';
import type { Ask } from './ask.ts';
import { OrderMirror } from './order-mirror.ts';

const NOW = Date.parse('2026-03-20T08:00:00Z');

interface Order {
  readonly accessionNumber: string;
  readonly facility: string;
  state: string;
  version: number;
  readonly steps: { start: string }[];
}

function order(accessionNumber: string, start = '2026-03-20T09:00:00'): Order {
  return { accessionNumber, facility: 'site', state: 'SCHEDULED', version: 1, steps: [{ start }] };
}

/** An archive as far as orders are asked of it. */
class Orders {
  readonly all = new Map<string, Order>();
  readonly asked: string[] = [];

  readonly ask: Ask = async (path, { method = 'GET', body = '' } = {}) => {
    this.asked.push(`${method} ${path.replace(/\?.*/, '')}`);
    const url = new URL(path, 'http://archive');
    const [, key = ''] = /^\/api\/orders\/(.+)$/.exec(url.pathname) ?? [];
    if (method === 'POST' || method === 'PUT') {
      const written = { state: 'SCHEDULED', version: 1, ...(JSON.parse(body) as object) } as Order;
      this.all.set(written.accessionNumber, written);
      return Response.json(written);
    }
    if (key !== '') {
      const found = this.all.get(key);
      return found === undefined ? new Response(null, { status: 404 }) : Response.json(found);
    }
    const [from, to, state] = ['from', 'to', 'state'].map((name) => url.searchParams.get(name));
    const orders = [...this.all.values()].filter(
      (one) =>
        (state === null || one.state === state) &&
        one.steps.some(({ start }) => start.slice(0, 10) >= (from ?? '') && start.slice(0, 10) <= (to ?? '9')),
    );
    return Response.json({ orders, next: null });
  };

  put(one: Order): void {
    this.all.set(one.accessionNumber, one);
  }
}

describe('the mirror of orders', () => {
  const signal = AbortSignal.timeout(60_000);
  let centre: Orders;
  let site: Orders;
  let mirror: OrderMirror;

  beforeEach(() => {
    centre = new Orders();
    site = new Orders();
    mirror = new OrderMirror({
      centre: centre.ask,
      local: site.ask,
      facilities: () => ['site'],
      now: () => NOW,
      log: memoryLog(),
    });
  });

  const name = (accessionNumber: string, facility = 'site') => ({ accessionNumber, facility });

  it('asks for the one order that changed, and for no other', async () => {
    centre.put(order('A'));
    centre.put(order('B'));
    expect(await mirror.refresh(signal)).toBe(2);
    centre.asked.length = 0;
    centre.put({ ...order('B', '2026-03-21T09:00:00'), version: 2 });
    expect(await mirror.refreshOne(name('B'), signal)).toBe(1);
    expect(centre.asked).toEqual(['GET /api/orders/B']);
    expect(site.all.get('B')?.steps).toEqual([{ start: '2026-03-21T09:00:00' }]);
    expect(await mirror.refreshOne(name('B'), signal)).toBe(0);
  });

  it('leaves orders of other facilities, those of days far off, and those that are gone', async () => {
    centre.put(order('FAR', '2026-05-01T09:00:00'));
    expect(await mirror.refreshOne(name('X', 'elsewhere'), signal)).toBe(0);
    expect(centre.asked).toEqual([]);
    expect(await mirror.refreshOne(name('FAR'), signal)).toBe(0);
    expect(await mirror.refreshOne(name('GONE'), signal)).toBe(0);
    expect(site.all.size).toBe(0);
  });

  it('takes an order off the days of the worklist that was put off to a far one, told of it or not', async () => {
    centre.put(order('A'));
    centre.put(order('B'));
    await mirror.refresh(signal);
    centre.put({ ...order('A', '2026-05-01T09:00:00'), version: 2 });
    expect(await mirror.refreshOne(name('A'), signal)).toBe(1);
    centre.put({ ...order('B', '2026-06-01T09:00:00'), version: 2 });
    expect(await mirror.refresh(signal)).toBe(1);
    expect([...site.all.values()].map(({ steps }) => steps[0]?.start)).toEqual(['2026-05-01T09:00:00', '2026-06-01T09:00:00']);
  });

  it('leaves orders alone that were made at the site', async () => {
    site.put(order('OWN'));
    expect(await mirror.refresh(signal)).toBe(0);
    expect(site.all.get('OWN')).toEqual(order('OWN'));
  });
});
