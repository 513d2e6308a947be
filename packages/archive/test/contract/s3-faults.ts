import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import type { ObjectStore } from '../../src/core/object-store.ts';
import { openObjectStore } from '../../src/objects/open-object-store.ts';
import { FaultProxy } from '../support/fault-proxy.ts';
import { type S3Server, type S3ServerName, startS3Server } from '../support/s3-servers.ts';
import { collect, envelopeOf, patterned } from './object-store.ts';

const PATTERN = patterned(251);
/** As `patterned`, fast enough for many megabytes. */
const content = (length: number): Buffer => Buffer.alloc(length, PATTERN);

/** The server is given up on after so long. */
const ANSWER_MS = 1_500;

/** What the adapter makes of a server that does not do what it should. */
export function s3FaultSuite(name: S3ServerName): void {
  describe(`a bucket of ${name} behind faults`, () => {
    let folder: string;
    let server: S3Server;
    let proxy: FaultProxy;
    let store: ObjectStore;
    let bucket: string;
    const open = () => openObjectStore(server.url(bucket, proxy.port), folder, { ...ARCHIVE_LIMITS, storeAnswerMs: ANSWER_MS });

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'filmless-s3-'));
      server = await startS3Server(name);
      proxy = await FaultProxy.open(server.port);
    });

    afterAll(async () => {
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    });

    beforeEach(async () => {
      bucket = randomUUID();
      store = await open();
    });

    afterEach(async () => {
      await proxy.set({ kind: 'none' });
      await store[Symbol.asyncDispose]();
    });

    const put = (length: number, number = 1) =>
      store.put({ content: { pieces: [content(length)] }, envelope: envelopeOf(length, number) });
    const putFile = async (length: number) => {
      const path = join(folder, randomUUID());
      await writeFile(path, content(length));
      return await store.put({ content: { path }, envelope: envelopeOf(length) });
    };
    const isWhole = async (key: string, length: number) => {
      const back = Buffer.from(await collect(await store.read(key)));
      expect(Buffer.compare(back, content(length))).toBe(0);
    };
    const objects = async () => (await Array.fromAsync(store.objects())).map(({ objectKey }) => objectKey).sort();
    /** Once the store was found to be away or there again. */
    const problemIs = async (words: RegExp | undefined) => {
      await expect.poll(async () => (await store.problem()) ?? 'none', { timeout: 10_000 }).toMatch(words ?? /^none$/);
    };

    it.each([500, 503] as const)('answers %i to every third request: each is made again', async (status) => {
      await proxy.set({ kind: 'failing', every: 3, status });
      const keys = await Promise.all(Array.from({ length: 12 }, (_, number) => put(1000 + number, number)));
      for (const [number, key] of keys.entries()) {
        await isWhole(key, 1000 + number);
        expect(await store.envelope(key)).toEqual(envelopeOf(1000 + number, number));
      }
      expect(await objects()).toEqual([...keys].sort());
      await store.delete(keys[0] ?? '');
      expect(await store.size(keys[0] ?? '')).toBeUndefined();
      expect(proxy.done).toBeGreaterThan(5);
    });

    it('takes an object of many parts though every fourth request fails', async () => {
      await proxy.set({ kind: 'failing', every: 4, status: 503 });
      const key = await putFile(30_000_003);
      await isWhole(key, 30_000_003);
      expect(proxy.done).toBeGreaterThan(1);
      expect(await objects()).toEqual([key]);
    });

    it.each([2, 3])('loses the answer to every write of %i: nothing is there twice', async (every) => {
      await proxy.set({ kind: 'answer-lost', every });
      const keys = [...(await Promise.all([1, 2, 3, 4].map((number) => put(500 * number, number)))), await putFile(20_000_000)];
      expect(proxy.done).toBeGreaterThan(1);
      await proxy.set({ kind: 'none' });
      expect(await objects()).toEqual([...keys].sort());
      await isWhole(keys[4] ?? '', 20_000_000);
    });

    it('cuts answers again and again: the rest is asked for', async () => {
      const key = await putFile(2_500_000);
      await proxy.set({ kind: 'cut', afterBytes: 300_000 });
      await isWhole(key, 2_500_000);
      expect(Buffer.from(await store.readBytes(key, { offset: 10, length: 900_000 }))).toEqual(
        content(2_500_000).subarray(10, 900_010),
      );
      expect(proxy.done).toBeGreaterThan(8);
    });

    it('cuts every write: it is refused, and nothing half is seen', async () => {
      await proxy.set({ kind: 'cut', afterBytes: 300_000 });
      await expect(put(700_000)).rejects.toMatchObject({ code: 'store-away' });
      await proxy.set({ kind: 'none' });
      expect(await objects()).toEqual([]);
    });

    it.each(['XMinioStorageFull', 'QuotaExceeded'] as const)('is full (%s): says so until something is taken', async (code) => {
      const key = await put(100);
      await proxy.set({ kind: 'full', code });
      await expect(put(200, 2)).rejects.toMatchObject({ code: 'store-full' });
      await expect(putFile(20_000_000)).rejects.toMatchObject({ code: 'store-full' });
      expect(await store.problem()).toMatch(/no space left/);
      await isWhole(key, 100);
      await proxy.set({ kind: 'none' });
      await put(300, 3);
      expect(await store.problem()).toBeUndefined();
    });

    it('is away: fails soon, then at once, and goes on by itself', async () => {
      const key = await put(100);
      await proxy.set({ kind: 'away' });
      await expect(put(200, 2)).rejects.toMatchObject({ code: 'store-away' });
      await problemIs(/does not answer: check that it runs/);
      const refused = await Promise.allSettled(Array.from({ length: 200 }, (_, number) => put(100, number)));
      // Nobody knocks any more: the reason is not a closed port.
      const reasons = refused.map((outcome) => (outcome.status === 'rejected' ? String(outcome.reason) : 'kept'));
      expect(new Set(reasons)).toEqual(new Set(['ArchiveError: the object store does not answer']));
      await proxy.set({ kind: 'none' });
      await problemIs(undefined);
      await isWhole(key, 100);
      await isWhole(await put(400, 4), 400);
    });

    it('hangs: what was asked fails after a bounded time, what comes then at once; it goes on by itself', async () => {
      const key = await put(100);
      await proxy.set({ kind: 'hang' });
      const began = performance.now();
      const [first, second] = await Promise.allSettled([put(200, 2), store.readBytes(key, { offset: 0, length: 10 })]);
      expect([first.status, second.status]).toEqual(['rejected', 'rejected']);
      expect(performance.now() - began).toBeLessThan(10 * ANSWER_MS);
      await problemIs(/does not answer: check that it runs/);
      await proxy.set({ kind: 'none' });
      await problemIs(undefined);
      await isWhole(key, 100);
    });

    it('has another clock: says so', async () => {
      await proxy.set({ kind: 'skewed' });
      await expect(put(100)).rejects.toMatchObject({ code: 'store-away' });
      expect(await store.problem()).toMatch(/clock.*NTP/);
    });

    it('removes at the next start what it did though the answer said otherwise', async () => {
      const key = await put(100);
      store.settled(key);
      // Every write is done, and no answer to one arrives.
      await proxy.set({ kind: 'answer-lost', every: 1 });
      await expect(put(200, 2)).rejects.toMatchObject({ code: 'store-away' });
      await proxy.set({ kind: 'none' });
      await using later = await open();
      for await (const found of later.unsettled()) {
        if (found.objectKey !== key) {
          await later.delete(found.objectKey);
        }
        later.settled(found.objectKey);
      }
      expect(await objects()).toEqual([key]);
    });

    it('holds no more connections than it may, and none that wait for nothing', async () => {
      await proxy.set({ kind: 'failing', every: 2, status: 500 });
      await Promise.allSettled(Array.from({ length: 300 }, (_, number) => store.size(`r1/0000/${number}.dcm`)));
      await proxy.set({ kind: 'none' });
      expect(await proxy.connections()).toBeLessThanOrEqual(64);
      await isWhole(await put(100), 100);
    });

    it('says that the bucket is gone, and that a key is wrong', async () => {
      const url = server.url(bucket, proxy.port);
      await expect(openObjectStore(url.replace('filmless-secret', 'wrong'), folder, ARCHIVE_LIMITS)).rejects.toMatchObject({
        code: 'store-away',
      });
    });
  });
}
