import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BlockPool } from './block-pool.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

function taken(pool: BlockPool, isFirst = false): Uint8Array {
  const block = pool.take(isFirst);
  if (block === undefined) {
    throw new Error('the pool has no block');
  }
  return block;
}

it('gives a block again that nobody reads any more, and no other', () => {
  const pool = new BlockPool(4_000_000);
  const [first, second] = [taken(pool), taken(pool)];
  pool.giveBack([first], true);
  pool.giveBack([second], false);
  expect(taken(pool)).toBe(first);
  expect(taken(pool)).not.toBe(second);
});

it('keeps none once no object has come for a while', () => {
  const pool = new BlockPool(4_000_000);
  const block = taken(pool);
  pool.giveBack([block], true);
  vi.advanceTimersByTime(9_000);
  pool.giveBack([taken(pool)], true);
  vi.advanceTimersByTime(9_000);
  expect(taken(pool)).toBe(block);
  pool.giveBack([block], true);
  vi.advanceTimersByTime(11_000);
  expect(taken(pool)).not.toBe(block);
});

it('has no more than its budget, whatever of it is kept', () => {
  const pool = new BlockPool(300_000);
  const block = taken(pool);
  expect(pool.take(false)).toBeUndefined();
  pool.giveBack([block], true);
  expect(pool.take(false)).toBe(block);
});
