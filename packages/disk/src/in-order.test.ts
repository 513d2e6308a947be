import { describe, expect, it } from 'vitest';
import { inOrder } from './in-order.ts';

const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('work on several items at a time', () => {
  it('gives results in the order of the items, and has no more than so many under way', async () => {
    let open = 0;
    let most = 0;
    const results: number[] = [];
    const work = async (item: number) => {
      open += 1;
      most = Math.max(most, open);
      await after(10 - item);
      open -= 1;
      return item * 10;
    };
    for await (const [item, result] of inOrder([1, 2, 3, 4, 5], 3, work)) {
      expect(result).toBe(item * 10);
      results.push(item);
    }
    expect(results).toEqual([1, 2, 3, 4, 5]);
    expect(most).toBe(3);
  });

  it('fails with the item that failed, after those before it, and lets go what the others gave', async () => {
    const results: number[] = [];
    const discarded: number[] = [];
    const work = async (item: number) => {
      if (item === 2) {
        throw new Error('two');
      }
      await after(2);
      return item;
    };
    const discard = async (item: number) => {
      discarded.push(item);
    };
    const all = async () => {
      for await (const [item] of inOrder([1, 2, 3, 4], 3, work, discard)) {
        results.push(item);
      }
    };
    await expect(all()).rejects.toThrow('two');
    expect(results).toEqual([1]);
    expect(discarded).toContain(3);
  });

  it('lets go what is under way when the loop is left early', async () => {
    const discarded: number[] = [];
    const discard = async (item: number) => {
      discarded.push(item);
    };
    for await (const _ of inOrder([1, 2, 3, 4], 2, async (item) => item, discard)) {
      break;
    }
    expect(discarded).toEqual([2]);
  });
});
