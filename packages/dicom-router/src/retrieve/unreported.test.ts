import { expect, it } from 'vitest';
import { Unreported } from './unreported.ts';

async function* numbers(most: number) {
  for (let number = 1; number <= most; number += 1) {
    yield number;
  }
}

async function take(from: AsyncIterable<number>, most: number): Promise<readonly number[]> {
  const taken: number[] = [];
  for await (const number of from) {
    taken.push(number);
    if (taken.length === most) {
      break;
    }
  }
  return taken;
}

it('what was handed out and not reported is handed out again, before the rest', async () => {
  const items = new Unreported(numbers(6));
  expect(await take(items.all(), 4)).toEqual([1, 2, 3, 4]);
  items.reported();
  items.reported();
  expect(await take(items.first(), 9)).toEqual([3]);
  items.reported();
  expect(await take(items.all(), 9)).toEqual([4, 5, 6]);
});

it('nothing is left when all was reported', async () => {
  const items = new Unreported(numbers(2));
  for await (const _ of items.all()) {
    items.reported();
  }
  expect(await take(items.first(), 9)).toEqual([]);
  expect(await take(items.all(), 9)).toEqual([]);
});
