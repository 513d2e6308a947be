import { expect, it } from 'vitest';
import { FreeSpace } from './free-space.ts';

const disk = (free: number) => {
  const state = { free, now: 0, asked: 0, fails: false };
  const space = new FreeSpace({
    free: () => {
      state.asked += 1;
      return state.fails ? Promise.reject(new Error('EIO')) : Promise.resolve(state.free);
    },
    atLeast: 100,
    slice: 10,
    now: () => state.now,
  });
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

it('measures again at once after a measurement that failed', async () => {
  const { state, space } = disk(125);
  state.fails = true;
  await expect(space.take()).rejects.toThrow('EIO');
  state.fails = false;
  expect(await space.take()).toBe(true);
});

it('asks how much stays free of what is sent in bulk no more often than how much there is', async () => {
  const disk = { now: 0, kept: 100, asked: 0 };
  const space = new FreeSpace({
    free: () => Promise.resolve(110),
    atLeast: 10,
    atLeastOfBulk: () => {
      disk.asked += 1;
      return Promise.resolve(disk.kept);
    },
    slice: 10,
    now: () => disk.now,
  });
  expect([await space.hasRoomForBulk(), await space.hasRoom(), await space.hasRoomForBulk(), await space.take()]).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(disk.asked).toBe(1);
  disk.kept = 101;
  disk.now = 1000;
  expect([await space.hasRoomForBulk(), await space.hasRoom()]).toEqual([false, true]);
});
