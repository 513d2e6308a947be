import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { IncomingFolder } from './incoming-folder.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'filmless-incoming-'));
});
afterEach(async () => {
  await rm(dir, { recursive: true });
});

const KIB = 1024;
const MOST = 1024 * KIB;

/** A disk of so many bytes that fills as `write` is told; counts how often it is asked. */
async function folderOn(disk: { free: number }, freeCheckBytes = 4 * KIB) {
  let asked = 0;
  const folder = await IncomingFolder.open(dir, { freeBytes: 100 * KIB, freeCheckBytes }, () => {
    asked += 1;
    return Promise.resolve(disk.free);
  });
  return { folder, asked: () => asked };
}

/** A body of chunks of 1 KiB that take their room on the disk as they come. */
function body(chunks: number, disk = { free: 0 }): ReadableStream<Uint8Array> {
  let sent = 0;
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    sent += 1;
    if (sent > chunks) {
      controller.close();
      return;
    }
    disk.free -= KIB;
    controller.enqueue(new Uint8Array(KIB));
  };
  return new ReadableStream({ pull }, { highWaterMark: 0 });
}

it('takes nothing when the disk has only its reserve left, and says so in words', async () => {
  const { folder } = await folderOn({ free: 100 * KIB });
  const refused = folder.receive(body(1), MOST);
  await expect(refused).rejects.toMatchObject({
    code: 'store-full',
    message: expect.stringContaining('free some space') as string,
  });
  expect(await readdir(dir)).toEqual([]);
});

it('stops in the middle of an object before the reserve is used', async () => {
  const disk = { free: 120 * KIB };
  const { folder } = await folderOn(disk);
  await expect(folder.receive(body(1000, disk), MOST)).rejects.toMatchObject({ code: 'store-full' });
  expect(disk.free).toBeGreaterThanOrEqual(95 * KIB);
  expect(await readdir(dir)).toEqual([]);
});

it('stops all that write at once, not only the one that looked', async () => {
  const disk = { free: 140 * KIB };
  const { folder } = await folderOn(disk);
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => folder.receive(body(1000, disk), MOST)));
  expect(outcomes.map(({ status }) => status)).toEqual(new Array(8).fill('rejected'));
  expect(disk.free).toBeGreaterThanOrEqual(80 * KIB);
});

it('takes objects again once there is room, and looks at the disk now and then only', async () => {
  const disk = { free: 0 };
  const { folder, asked } = await folderOn(disk, 64 * KIB);
  await expect(folder.receive(body(1), MOST)).rejects.toMatchObject({ code: 'store-full' });
  disk.free = 10_000 * KIB;
  expect(await folder.receive(body(200, disk), MOST)).toMatchObject({ size: 200 * KIB });
  expect(asked()).toBeLessThan(8);
});
