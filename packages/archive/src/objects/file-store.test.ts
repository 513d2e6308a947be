import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type Disk, NODE_DISK, type PlannedWrite, writePlanned } from '@filmless/disk';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Envelope } from '../core/envelope.ts';
import type { FoundObject, NewObject } from '../core/object-store.ts';
import { FileStore } from './file-store.ts';

let folder: string;
let root: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-objects-'));
  root = join(folder, 'objects');
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const envelopeOf = (size: number): Envelope => ({
  studyInstanceUid: '1.2.3',
  seriesInstanceUid: '1.2.3.1',
  sopInstanceUid: '1.2.3.1.1',
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
  sha256: 'ab'.repeat(32),
  size,
  dataSetOffset: 0,
  receivedAt: '2026-03-01T08:00:00.000Z',
  source: { kind: 'dimse', callingAe: 'CT01', address: '10.0.0.11', facility: 'main', verified: true },
});

const object = (text = 'image'): NewObject => ({ content: { pieces: [Buffer.from(text)] }, envelope: envelopeOf(text.length) });
const text = async (store: FileStore, key: string) =>
  Buffer.from(await store.readBytes(key, { offset: 0, length: 99 })).toString();
const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }));
const partsOf = async (run: string) => (await readdir(join(root, run))).sort();

async function emptyFiles(): Promise<readonly string[]> {
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.dcm'));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(root, name))).size));
  return names.filter((_, index) => sizes[index] === 0);
}

/** The same file as a version would write it whose footer has another form. */
function ofLaterFormat(file: Buffer): Buffer {
  const json = Buffer.from(file.subarray(17, -16).toString().replace('"format":2', '"format":3'));
  const tail = Buffer.from(file.subarray(-16));
  tail.writeUInt32LE(crc32(json), 4);
  return Buffer.concat([file.subarray(0, 17), json, tail]);
}

it('acknowledges nothing in a new folder until each folder above is on disk, to nobody', async () => {
  const released = Promise.withResolvers<void>();
  const synced: string[] = [];
  const holding = { until: undefined as Promise<void> | undefined };
  const disk: Disk = {
    ...NODE_DISK,
    syncFolder: async (path) => {
      await (path === root ? holding.until : undefined);
      synced.push(path);
      await NODE_DISK.syncFolder(path);
    },
  };
  await using store = await FileStore.open(root, disk);
  expect(synced).toContain(folder);
  holding.until = released.promise;
  synced.length = 0;
  const done: string[] = [];
  const both = [store.put(object()), store.put(object())].map(async (put) => done.push(await put));
  await expect.poll(() => synced.length).toBe(1);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(done).toEqual([]);
  released.resolve();
  await Promise.all(both);
  const [run = '', part = ''] = done[0]?.split('/') ?? [];
  expect([...new Set(synced)]).toEqual([join(root, run), root, join(root, run, part)]);
});

it('writes an object with one write, and syncs it and its folder', async () => {
  const done: string[] = [];
  const disk: Disk = {
    ...NODE_DISK,
    create: async (path) => {
      const file = await NODE_DISK.create(path);
      return {
        write: async (pieces) => {
          await file.write(pieces);
          done.push(`write ${pieces.length}`);
        },
        sync: async () => {
          await file.sync();
          done.push('sync');
        },
        close: () => file.close(),
      };
    },
    syncFolder: async (path) => {
      await NODE_DISK.syncFolder(path);
      done.push('folder');
    },
  };
  await using store = await FileStore.open(root, disk);
  done.length = 0;
  await store.put({ content: { pieces: [Buffer.from('ab'), Buffer.from('c')] }, envelope: envelopeOf(3) });
  // The run, the folder of all, and the part.
  expect(done.filter((step) => step === 'folder').length).toBeGreaterThanOrEqual(3);
  expect(done.filter((step) => step !== 'folder')).toEqual(['write 3', 'sync']);
});

it('leaves the write of an object to who commits it, once there is a file whose name is durable', async () => {
  const synced: string[] = [];
  const disk: Disk = {
    ...NODE_DISK,
    syncFolder: async (path) => {
      await NODE_DISK.syncFolder(path);
      synced.push(path);
    },
  };
  await using store = await FileStore.open(root, disk);
  const commit = async (key: string, write: PlannedWrite) => {
    expect(synced).toContain(join(root, key, '..'));
    await writePlanned(write);
    return key;
  };
  expect(store.putWith(object(), commit)).toBeUndefined();
  await expect.poll(async () => (await emptyFiles()).length).toBe(4);
  const key = (await store.putWith(object(), commit)) ?? '';
  expect([await text(store, key), await store.size(key)]).toEqual(['image', 5]);
  expect(await store.envelope(key)).toEqual(envelopeOf(5));
  const failed = store.putWith(object(), () => Promise.reject(new Error('not committed')));
  await expect(failed).rejects.toThrow('not committed');
  const wrong = { ...object(), envelope: envelopeOf(6) };
  await expect(store.putWith(wrong, commit)).rejects.toMatchObject({ code: 'store-away' });
  const received = join(folder, 'received.part');
  await writeFile(received, 'image');
  expect(store.putWith({ content: { path: received }, envelope: envelopeOf(5) }, commit)).toBeUndefined();
});

it('tells of no file that was made ahead as of an object, but at the start after a power cut', async () => {
  const store = await FileStore.open(root);
  const key = await store.put(object());
  expect(store.putWith(object(), () => Promise.resolve())).toBeUndefined();
  await expect.poll(async () => (await emptyFiles()).length).toBe(4);
  const keys = async (all: AsyncIterable<FoundObject>) => (await Array.fromAsync(all)).map(({ objectKey }) => objectKey);
  expect(await keys(store.objects())).toEqual([key]);
  await using again = await FileStore.open(root);
  expect(await keys(again.objects())).toEqual([key]);
  const left = (await Array.fromAsync(again.unsettled())).filter((found) => 'broken' in found);
  expect(left.map(({ broken }) => broken)).toEqual(['empty', 'empty', 'empty', 'empty']);
  for (const { objectKey } of left) {
    await again.delete(objectKey);
  }
  again.settled(key);
  await expect.poll(() => readdir(join(root, key, '..'))).toContain('settled');
  await writeFile(join(root, key), '');
  expect(await Array.fromAsync(again.objects())).toEqual([{ objectKey: key, broken: 'torn', reason: 'its bytes are gone' }]);
  await store[Symbol.asyncDispose]();
});

it('makes a folder again after it could not', async () => {
  let fails = true;
  const disk: Disk = {
    ...NODE_DISK,
    makeFolder: (path) => (fails && path !== root ? failing('EIO')() : NODE_DISK.makeFolder(path)),
  };
  await using store = await FileStore.open(root, disk);
  await expect(store.put(object())).rejects.toMatchObject({ code: 'store-away' });
  fails = false;
  expect(await text(store, await store.put(object()))).toBe('image');
});

it('begins a new part when one is full, and marks one as settled when everything in it is', async () => {
  await using store = await FileStore.open(root, NODE_DISK, { objectsInPart: 2 });
  // NOTE: large objects: of small ones, files made ahead take their places.
  const put = async (_: unknown, number: number) => {
    const received = join(folder, `${number}.part`);
    await writeFile(received, 'image');
    return await store.put({ content: { path: received }, envelope: envelopeOf(5) });
  };
  const keys = await Promise.all(Array.from({ length: 5 }, put));
  const run = keys[0]?.split('/')[0] ?? '';
  expect(keys.map((key) => key.split('/')[1]).sort()).toEqual(['0000', '0000', '0001', '0001', '0002']);
  const isSettled = async (part: string) => (await readdir(join(root, run, part))).includes('settled');
  const inFirst = keys.filter((key) => key.startsWith(`${run}/0000/`));
  store.settled(inFirst[0] ?? '');
  await store.delete(inFirst[1] ?? '');
  await expect.poll(() => isSettled('0000')).toBe(true);
  expect(await isSettled('0001')).toBe(false);
  for (const key of keys) {
    store.settled(key);
  }
  await store[Symbol.asyncDispose]();
  expect(await Promise.all((await partsOf(run)).map(isSettled))).toEqual([true, true, true]);
});

it('does not mark the last part when it ends before everything in it was settled', async () => {
  const store = await FileStore.open(root);
  const key = await store.put(object());
  await store[Symbol.asyncDispose]();
  await using again = await FileStore.open(root);
  expect((await Array.fromAsync(again.unsettled())).map(({ objectKey }) => objectKey)).toEqual([key]);
  await again[Symbol.asyncDispose]();
  expect(await readdir(join(root, key, '..'))).toHaveLength(1);
});

it('makes no folder for a run that stores nothing', async () => {
  await using store = await FileStore.open(root);
  await store[Symbol.asyncDispose]();
  expect(await readdir(root)).toEqual([]);
});

it('keeps a copy of its own of what it cannot link to, with one footer, also after an attempt that failed', async () => {
  const received = join(folder, 'received.part');
  await writeFile(received, 'image');
  let links = 0;
  const disk: Disk = { ...NODE_DISK, link: () => failing(links++ === 0 ? 'EIO' : 'EXDEV')() };
  await using store = await FileStore.open(root, disk);
  const large: NewObject = { content: { path: received }, envelope: envelopeOf(5) };
  await expect(store.put(large)).rejects.toMatchObject({ code: 'store-away' });
  const key = await store.put(large);
  await writeFile(received, 'other');
  expect(await text(store, key)).toBe('image');
  const small = await store.put(object());
  expect((await stat(join(root, key))).size).toBe((await stat(join(root, small))).size);
});

it('takes a large file over by another name, without writing it again', async () => {
  const received = join(folder, 'received.part');
  await writeFile(received, 'image');
  await using store = await FileStore.open(root);
  const key = await store.put({ content: { path: received }, envelope: envelopeOf(5) });
  expect((await stat(join(root, key))).ino).toBe((await stat(received)).ino);
  await rm(received);
  expect(await text(store, key)).toBe('image');
});

it.each<[string, Partial<Disk>]>([
  ['made', { create: failing('ENOSPC') }],
  [
    'written',
    {
      create: async (path) => ({ ...(await NODE_DISK.create(path)), write: failing('ENOSPC') }),
    },
  ],
])('says that there is no space, and leaves nothing, when a file cannot be %s', async (_, faults) => {
  await using store = await FileStore.open(root, { ...NODE_DISK, ...faults });
  await expect(store.put(object())).rejects.toMatchObject({ code: 'store-full' });
  expect(await Array.fromAsync(store.objects())).toEqual([]);
});

it('tells what is torn from what a later version wrote, and finds what has its footer and not its bytes', async () => {
  const store = await FileStore.open(root);
  const sha256 = createHash('sha256').update('image').digest('hex');
  const put = () => store.put({ ...object(), envelope: { ...envelopeOf(5), sha256 } });
  const [torn = '', later = '', hollow = '', whole = ''] = await Promise.all([put(), put(), put(), put()]);
  const change = async (key: string, by: (file: Buffer) => Buffer) => {
    await writeFile(join(root, key), by(await readFile(join(root, key))));
  };
  await change(torn, (file) => file.subarray(0, -1));
  await change(later, ofLaterFormat);
  await change(hollow, (file) => file.fill(0, 0, 3));
  await store[Symbol.asyncDispose]();
  await using again = await FileStore.open(root);
  const state = async (all: AsyncIterable<FoundObject>) =>
    new Map((await Array.fromAsync(all)).map((found) => [found.objectKey, 'broken' in found ? found.broken : 'whole']));
  const expected = [
    [torn, 'torn'],
    [later, 'unknown'],
    [whole, 'whole'],
  ] as const;
  expect(await state(again.objects())).toEqual(new Map([...expected, [hollow, 'torn']]));
  expect(await state(again.unsettled())).toEqual(new Map([...expected, [hollow, 'whole']]));
  await expect(again.envelope(later)).rejects.toMatchObject({ code: 'store-away', message: expect.stringContaining('format 3') });
});

it('removes from an unfinished part what is no object: a half derivative, and one whose object is gone', async () => {
  const store = await FileStore.open(root);
  const key = await store.put(object());
  const part = join(root, key, '..');
  await store.putDerived(key, Buffer.from('inflated'));
  await writeFile(join(part, `${'0'.repeat(32)}.inflated`), 'x');
  await writeFile(join(part, `${'0'.repeat(32)}.inflated.abcd.tmp`), 'x');
  await store[Symbol.asyncDispose]();
  await using again = await FileStore.open(root);
  await Array.fromAsync(again.unsettled());
  expect((await readdir(part)).map((name) => name.slice(33)).sort()).toEqual(['dcm', 'inflated']);
});

it('fills the buffer of a reader that brings its own', async () => {
  await using store = await FileStore.open(root);
  const key = await store.put(object('0123456789'));
  const reader = (await store.read(key, { offset: 1, length: 7 })).getReader({ mode: 'byob' });
  const first = await reader.read(new Uint8Array(5));
  const second = await reader.read(new Uint8Array(5));
  const last = await reader.read(new Uint8Array(5));
  const texts = [first, second, last].map(({ value }) => Buffer.from(value ?? []).toString());
  expect([...texts, last.done]).toEqual(['12345', '67', '', true]);
});

it('looks nothing up for an object whose size is known, and never gives the footer behind it', async () => {
  const opened: (number | undefined)[] = [];
  const disk: Disk = {
    ...NODE_DISK,
    open: (path, size) => {
      opened.push(size);
      return NODE_DISK.open(path, size);
    },
  };
  await using store = await FileStore.open(root, disk);
  const key = await store.put(object('0123456789'));
  const read = async (range: { readonly offset: number; readonly length: number } | undefined) =>
    new Response(await store.read(key, range, undefined, 10)).text();
  expect(await read(undefined)).toBe('0123456789');
  expect(await read({ offset: 8, length: 1000 })).toBe('89');
  expect(await read({ offset: 12, length: 5 })).toBe('');
  expect(Buffer.from(await store.readBytes(key, { offset: 2, length: 3 }, undefined, 10)).toString()).toBe('234');
  expect(opened).toEqual([10]);
  await store.delete(key);
  await expect(read(undefined)).rejects.toMatchObject({ code: 'not-found' });
});

it('takes no key that it did not make', async () => {
  await using store = await FileStore.open(root);
  for (const key of ['../secret.dcm', 'r00000000/0000/../../x.dcm', '', 'settled', `r00000000/0000/${'0'.repeat(32)}.json`]) {
    await expect(store.readBytes(key, { offset: 0, length: 1 })).rejects.toMatchObject({ code: 'invalid-request' });
  }
});

it('has a problem when its folder is gone, and tells it without naming a path', async () => {
  await using store = await FileStore.open(root);
  await rm(root, { recursive: true });
  expect(await store.problem()).toMatch(/^the folder of the images cannot be used \(ENOENT\)/);
  expect(await store.problem()).not.toContain(root);
});

it('refuses a folder of the layout before this one, which it would take for an empty one', async () => {
  await mkdir(join(root, 'c5'), { recursive: true });
  await expect(FileStore.open(root)).rejects.toMatchObject({
    code: 'store-away',
    message: expect.stringContaining('the layout of an early version'),
  });
});
