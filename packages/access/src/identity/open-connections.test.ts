import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Shown } from './directory.ts';
import { OpenConnections } from './open-connections.ts';

const EVERY_MS = 3_000;
const session = (key: string): Shown => ({ by: 'session', key });
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

let holding: Set<string>;
let asked: number;
let ended: string[];
let connections: OpenConnections;

beforeEach(() => {
  vi.useFakeTimers();
  holding = new Set(['an', 'binh']);
  asked = 0;
  ended = [];
  const directory = {
    holding: () => {
      asked += 1;
      return Promise.resolve(new Set(holding));
    },
  };
  connections = new OpenConnections(directory, Date.now, silent, EVERY_MS);
});
afterEach(async () => {
  await connections[Symbol.asyncDispose]();
  vi.useRealTimers();
});

const open = (key: string) => connections.add(session(key), () => ended.push(key));

describe('a connection that stays open', () => {
  it('ends with the session it was opened by, also where another process ended that, and the others go on', async () => {
    open('an');
    open('an');
    open('binh');
    await vi.advanceTimersByTimeAsync(EVERY_MS);
    expect(ended).toEqual([]);
    holding.delete('an');
    await vi.advanceTimersByTimeAsync(EVERY_MS);
    expect(ended).toEqual(['an', 'an']);
    await vi.advanceTimersByTimeAsync(EVERY_MS);
    expect(ended).toHaveLength(2);
  });

  it('ends at once when it is looked at, also while it was being looked at', async () => {
    open('an');
    connections.look();
    holding.delete('an');
    connections.look();
    await vi.advanceTimersByTimeAsync(0);
    expect(ended).toEqual(['an']);
  });

  it('that was closed is not ended, and nothing is asked for where none is open', async () => {
    open('an')[Symbol.dispose]();
    holding.clear();
    await vi.advanceTimersByTimeAsync(3 * EVERY_MS);
    expect([ended, asked]).toEqual([[], 0]);
  });
});

it('what cannot be looked up goes on, and is looked up again', async () => {
  let isAway = true;
  const directory = {
    holding: (): Promise<ReadonlySet<string>> => (isAway ? Promise.reject(new Error('away')) : Promise.resolve(new Set())),
  };
  await using own = new OpenConnections(directory, Date.now, silent, EVERY_MS);
  own.add(session('an'), () => ended.push('an'));
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(ended).toEqual([]);
  isAway = false;
  await vi.advanceTimersByTimeAsync(EVERY_MS);
  expect(ended).toEqual(['an']);
});
