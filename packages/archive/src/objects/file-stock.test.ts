import { type Disk, FolderSync } from '@filmless/disk';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FaultyDisk } from '../../../disk/test/faulty-disk.ts';
import { FileStock, type StockedFile } from './file-stock.ts';
import { FileStoreParts } from './file-store-parts.ts';

const ROOT = '/objects';

let disk: FaultyDisk;
beforeEach(async () => {
  disk = new FaultyDisk();
  await disk.makeFolder(ROOT);
  await disk.syncFolder('/');
});
afterEach(() => vi.useRealTimers());

function open(on: Disk = disk, perPart?: number): { readonly stock: FileStock; readonly parts: FileStoreParts } {
  const sync = new FolderSync((path) => on.syncFolder(path));
  const parts = new FileStoreParts(on, ROOT, sync, perPart);
  return { stock: new FileStock(on, ROOT, parts, sync), parts };
}

const objects = () => [...disk.files().keys()].filter((path) => path.endsWith('.dcm'));
const marks = () => [...disk.files().keys()].filter((path) => path.endsWith('/settled'));
/** Until nothing is under way on the disk. */
async function rest(): Promise<void> {
  for (let before = -1; before !== disk.steps.length; ) {
    before = disk.steps.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

it('gives files whose names survive a power cut, one behind the other', async () => {
  const { stock } = open();
  expect(stock.take()).toBeUndefined();
  await rest();
  const [first, second] = [stock.take(), stock.take()];
  expect(first?.key).not.toBe(second?.key);
  await (first && disk.perform(first.file.plan([Buffer.from('image')])));
  // Of the three kinds of file system one keeps no name that was not synced.
  const after = disk.restarted(0).files();
  expect(Buffer.from(after.get(`${ROOT}/${first?.key}`) ?? []).toString()).toBe('image');
  expect(after.get(`${ROOT}/${second?.key}`)?.byteLength).toBe(0);
});

it('has none ready before their folder was synced', async () => {
  const { stock } = open();
  disk.plan = ({ kind, path }) => (kind === 'sync-folder' && path.endsWith('/0000') ? 'slow' : undefined);
  stock.take();
  await rest();
  expect(objects()).toHaveLength(4);
  expect(stock.take()).toBeUndefined();
});

it('makes 4 at first, and twice as many each time they did not last, up to 32', async () => {
  const { stock } = open();
  const counts: number[] = [];
  for (let round = 0; round < 6; round += 1) {
    let taken: StockedFile | undefined;
    do {
      taken = stock.take();
    } while (taken !== undefined);
    const before = objects().length;
    await rest();
    counts.push(objects().length - before);
  }
  expect(counts[0]).toBe(4);
  expect(Math.max(...counts)).toBe(32);
  expect(counts.toSorted((a, b) => a - b)).toEqual(counts);
});

it('makes no more than 4 for who never finds none', async () => {
  const { stock } = open();
  stock.take();
  let left = 0;
  for (let round = 0; round < 50; round += 1) {
    await rest();
    const taken = stock.take();
    expect(taken).toBeDefined();
    left = Math.max(left, objects().length - round);
  }
  expect(left).toBeLessThanOrEqual(4);
});

it.each<[string, FaultyDisk['plan']]>([
  ['make a folder', ({ kind }) => (kind === 'make-folder' ? 'full' : undefined)],
  ['make a second file', ({ kind }) => (kind === 'create' && objects().length === 1 ? 'full' : undefined)],
  ['sync the folder of the files', ({ kind, path }) => (kind === 'sync-folder' && path.endsWith('/0000') ? 'fails' : undefined)],
])('leaves nothing, and tries again, when a disk fails to %s', async (_, plan) => {
  const { stock, parts } = open();
  disk.plan = plan;
  stock.take();
  await rest();
  expect(objects()).toEqual([]);
  expect(stock.take()).toBeUndefined();
  await rest();
  disk.plan = () => undefined;
  stock.take();
  await rest();
  const taken = stock.take();
  expect(taken).toBeDefined();
  await rest();
  await stock.close();
  parts.settle(taken?.key ?? '');
  await parts.close();
  expect(marks()).toHaveLength(1);
});

it('leaves what it cannot remove to the next start: the part is not marked', async () => {
  const { stock, parts } = open();
  stock.take();
  await rest();
  disk.plan = ({ kind }) => (kind === 'remove' ? 'fails' : undefined);
  await stock.close();
  disk.plan = () => undefined;
  await parts.close();
  expect([objects().length, marks()]).toEqual([4, []]);
});

it('leaves no file at the end, also of those being made, and its parts can be marked', async () => {
  const { stock, parts } = open(disk, 3);
  stock.take();
  await rest();
  const taken = [stock.take(), stock.take(), stock.take()].map((stocked) => stocked?.key ?? '');
  await stock.close();
  expect(stock.take()).toBeUndefined();
  await rest();
  expect(objects().sort()).toEqual(taken.map((key) => `${ROOT}/${key}`).sort());
  for (const key of taken) {
    parts.settle(key);
  }
  await parts.close();
  const made = disk.steps
    .filter(({ kind, path }) => kind === 'make-folder' && path !== ROOT)
    .map(({ path }) => `${path}/settled`);
  expect(made.length).toBeGreaterThan(1);
  expect(marks().sort()).toEqual(made);
  await stock.close();
});

it('removes what is left when no object comes for a minute, and begins small again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { stock } = open();
  for (let round = 0; round < 10; round += 1) {
    stock.take();
  }
  await rest();
  stock.take();
  await rest();
  const before = objects().length;
  vi.advanceTimersByTime(59_000);
  await rest();
  expect([objects().length, before > 4]).toEqual([before, true]);
  vi.advanceTimersByTime(2_000);
  await rest();
  expect(objects()).toHaveLength(1);
  expect(stock.take()).toBeUndefined();
  await rest();
  expect(objects()).toHaveLength(5);
  vi.advanceTimersByTime(61_000);
  await rest();
  expect(objects()).toHaveLength(1);
});
