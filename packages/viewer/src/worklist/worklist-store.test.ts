import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Client } from '../api/client.ts';
import { ApiError } from '../api/client.ts';
import type { Parse } from '../api/json.ts';
import type { StudyPage } from '../api/studies.ts';
import { NO_FILTERS } from './filters.ts';
import { names, page, study } from './study-fixture.ts';
import { createWorklist, type Worklist } from './worklist-store.ts';

interface Asked {
  readonly path: string;
  readonly signal: AbortSignal | undefined;
  readonly answer: (value: unknown) => void;
  readonly fail: (error: unknown) => void;
}

let asked: Asked[];
let list: Worklist;

/** A server that answers when the test says so. */
function client(): Client {
  const get = <T>(path: string, parse: Parse<T>, signal?: AbortSignal) =>
    new Promise<T>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
      asked.push({ path, signal, answer: (value) => resolve(parse(value, path)), fail: reject });
    });
  return { get, send: () => Promise.resolve(), exchange: () => Promise.reject(new Error('not used')) };
}

const last = (): Asked => asked.at(-1) ?? expect.fail('nothing was asked');
const settle = () => vi.advanceTimersByTimeAsync(0);

async function listing(text: string, next: string | null = null): Promise<void> {
  list.show(NO_FILTERS);
  last().answer(page(text, next));
  await settle();
}

async function refreshed(answer: StudyPage): Promise<void> {
  list.changed();
  await vi.advanceTimersByTimeAsync(1_500);
  last().answer(answer);
  await settle();
}

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  list = createWorklist(client());
});

afterEach(() => {
  vi.useRealTimers();
});

it('gives up an older search for a newer one', async () => {
  list.show({ ...NO_FILTERS, q: 'n' });
  const first = last();
  list.show({ ...NO_FILTERS, q: 'ng' });
  expect(first.signal?.aborted).toBe(true);
  last().answer(page('ab'));
  await settle();
  expect(names(list.studies.value)).toBe('ab');
  expect(asked.map(({ path }) => new URLSearchParams(path.split('?')[1]).get('q'))).toEqual(['n', 'ng']);
});

it('keeps the list when one comes back to the same filters, and looks for news quietly', async () => {
  await listing('abc');
  list.selected.value = 'b';
  list.scrollTop.value = 400;
  list.show({ ...NO_FILTERS });
  expect([list.phase.value, names(list.studies.value), list.selected.value, list.scrollTop.value]).toEqual([
    'ready',
    'abc',
    'b',
    400,
  ]);
  await vi.advanceTimersByTimeAsync(10);
  expect(asked).toHaveLength(2);
});

it('forgets the selection and goes to the top for another list', async () => {
  await listing('abc');
  list.selected.value = 'b';
  list.scrollTop.value = 400;
  list.show({ ...NO_FILTERS, q: 'x' });
  expect([list.selected.value, list.scrollTop.value]).toEqual([undefined, 0]);
});

it('adds the next page once, however often it is asked for', async () => {
  await listing('ab', 'cursor');
  list.loadMore();
  list.loadMore();
  expect(asked).toHaveLength(2);
  expect(last().path).toContain('after=cursor');
  last().answer(page('cd'));
  await settle();
  expect([names(list.studies.value), list.hasMore.value]).toEqual(['abcd', false]);
});

it('shows new studies by themselves while the list is at rest, and marks them', async () => {
  await listing('abc');
  await refreshed(page('xabc'));
  expect([names(list.studies.value), [...list.fresh.value], list.waiting.value]).toEqual(['xabc', ['x'], 0]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(list.fresh.value.size).toBe(0);
});

it('moves no row while the list is in use: the new ones wait, and come when it rests', async () => {
  let resting = false;
  list.restsWhen(() => resting);
  await listing('abc');
  await refreshed(page('yxabc'));
  expect([names(list.studies.value), list.waiting.value]).toEqual(['abc', 2]);
  resting = true;
  await vi.advanceTimersByTimeAsync(2_500);
  expect([names(list.studies.value), list.waiting.value]).toEqual(['yxabc', 0]);
});

it('shows the waiting studies at a press', async () => {
  list.restsWhen(() => false);
  await listing('abc');
  await refreshed(page('xabc'));
  list.showWaiting();
  expect([names(list.studies.value), list.waiting.value]).toEqual(['xabc', 0]);
});

it('takes over changed counts at once even while in use', async () => {
  list.restsWhen(() => false);
  await listing('abc');
  await refreshed({ ...page('abc'), studies: [study('a', { instanceCount: 50 }), study('b'), study('c')] });
  expect(list.studies.value[0]?.instanceCount).toBe(50);
  expect(list.waiting.value).toBe(0);
});

it('looks once for many changes', async () => {
  await listing('abc');
  for (let index = 0; index < 500; index += 1) {
    list.changed();
  }
  await vi.advanceTimersByTimeAsync(1_500);
  expect(asked).toHaveLength(2);
});

it('keeps a list that stands when a refresh fails', async () => {
  await listing('abc');
  list.refresh();
  await vi.advanceTimersByTimeAsync(10);
  last().fail(new ApiError(0, 'no answer'));
  await settle();
  expect([list.phase.value, names(list.studies.value)]).toEqual(['ready', 'abc']);
});

it('says why a list could not be fetched', async () => {
  list.show(NO_FILTERS);
  last().fail(new ApiError(507, 'full'));
  await settle();
  expect([list.phase.value, list.problem.value]).toEqual(['failed', expect.objectContaining({ status: 507 })]);
});

it('asks again after a failure when one comes back, as after signing in again', async () => {
  list.show(NO_FILTERS);
  last().fail(new ApiError(401, 'Sign in'));
  await settle();
  list.show(NO_FILTERS);
  last().answer(page('ab'));
  await settle();
  expect([list.phase.value, names(list.studies.value)]).toEqual(['ready', 'ab']);
});

it('shows nothing of it to the next person', async () => {
  await listing('abc');
  list.selected.value = 'a';
  list.forget();
  expect([list.phase.value, list.studies.value, list.selected.value, list.total.value]).toEqual([
    'empty',
    [],
    undefined,
    undefined,
  ]);
});
