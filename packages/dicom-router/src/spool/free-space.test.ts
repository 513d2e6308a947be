import { expect, it } from 'vitest';
import { FreeSpace } from './free-space.ts';

const disk = (free: number) => {
  const state = { free, now: 0, asked: 0 };
  const space = new FreeSpace(
    () => {
      state.asked += 1;
      return Promise.resolve(state.free);
    },
    100,
    10,
    () => state.now,
  );
  return { state, space };
};

it('lets no more begin than the disk can take together', async () => {
  const { space } = disk(125);
  const taken = await Promise.all([space.take(), space.take(), space.take(), space.take()]);
  expect(taken).toEqual([true, true, true, false]);
  space.giveBack(0);
  expect(await space.take()).toBe(true);
});

it('counts what was written since it was measured, and measures again after a second', async () => {
  const { state, space } = disk(125);
  await space.take();
  space.giveBack(26);
  expect(await space.take()).toBe(false);
  expect(state.asked).toBe(1);
  state.now = 1000;
  expect(await space.take()).toBe(true);
  state.free = 99;
  space.giveBack(1);
  state.now = 2000;
  expect(await space.hasRoom()).toBe(false);
  expect(state.asked).toBe(3);
});
