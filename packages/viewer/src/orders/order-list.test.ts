import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ApiError, type Client } from '../api/client.ts';
import type { Parse } from '../api/json.ts';
import { orderJson } from './order-fixture.ts';
import { createOrderList, type OrderList } from './order-list.ts';

interface Asked {
  readonly path: string;
  readonly signal: AbortSignal | undefined;
  readonly answer: (names: string, next?: string | null) => Promise<void>;
  readonly fail: (error: unknown) => void;
}

let asked: Asked[];
let list: OrderList;

const settle = () => vi.advanceTimersByTimeAsync(0);
const page = (names: string, next: string | null) => ({ orders: [...names].map((name) => orderJson(name)), next });

function client(): Client {
  const get = <T>(path: string, parse: Parse<T>, signal?: AbortSignal) =>
    new Promise<T>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
      const answer = async (names: string, next: string | null = null) => {
        resolve(parse(page(names, next), path));
        await settle();
      };
      asked.push({ path, signal, answer, fail: reject });
    });
  return { get, send: () => Promise.resolve(), exchange: () => Promise.reject(new Error('not used')) };
}

const last = (): Asked => asked.at(-1) ?? expect.fail('nothing was asked');
const shown = () => list.orders.value.map(({ accessionNumber }) => accessionNumber).join('');

async function change(): Promise<void> {
  list.changed();
  await vi.advanceTimersByTimeAsync(700);
}

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  list = createOrderList(client());
  list.show(() => ({}));
});

afterEach(() => {
  list.close();
  vi.useRealTimers();
});

it('gives up an older list for a newer one', () => {
  const first = last();
  list.show(() => ({ modality: 'CT' }));
  expect([first.signal?.aborted, last().path.includes('modality=CT')]).toEqual([true, true]);
});

it('asks among numbers and ids for what has digits, and shows an order once', async () => {
  list.show(() => ({ q: 'W001' }));
  const [byNumber, byPatient] = asked.slice(-2);
  expect([byNumber?.path, byPatient?.path]).toEqual([
    '/api/orders?accessionNumber=W001&sort=start&limit=100',
    '/api/orders?patientId=W001&sort=start&limit=100',
  ]);
  await byNumber?.answer('b');
  await byPatient?.answer('ab');
  expect(shown()).toBe('ba');
});

it('goes on after the last row, and lists no order twice', async () => {
  await last().answer('abc', 'more');
  list.loadMore();
  await last().answer('cd');
  expect([shown(), list.hasMore.value]).toEqual(['abcd', false]);
});

it('shows what came at once while nobody is about to press a row', async () => {
  await last().answer('ac');
  await change();
  await last().answer('abc');
  expect([shown(), list.waiting.value]).toEqual(['abc', 0]);
});

it('holds rows still under the finger, and says how many wait', async () => {
  list.restsWhen(() => false);
  await last().answer('ac');
  await change();
  await last().answer('abc');
  expect([shown(), list.waiting.value]).toEqual(['ac', 1]);
  list.showWaiting();
  expect([shown(), list.waiting.value]).toEqual(['abc', 0]);
});

it('adds at the end without asking, since no row moves', async () => {
  list.restsWhen(() => false);
  await last().answer('ab');
  await change();
  await last().answer('abc');
  expect(shown()).toBe('abc');
});

it('reads as many pages again as are shown', async () => {
  await last().answer('ab', 'p2');
  list.loadMore();
  await last().answer('cd', 'p3');
  await change();
  await last().answer('ab', 'p2');
  expect(last().path).toContain('after=p2');
  await last().answer('cd', 'p3');
  expect([shown(), list.hasMore.value]).toEqual(['abcd', true]);
});

it('keeps the list when a refresh fails, and says so when the list itself cannot be had', async () => {
  await last().answer('ab');
  await change();
  last().fail(new ApiError(0, 'no answer'));
  await settle();
  expect([list.phase.value, shown()]).toEqual(['ready', 'ab']);
  list.reload();
  last().fail(new ApiError(500, 'broken'));
  await settle();
  expect(list.phase.value).toBe('failed');
});
