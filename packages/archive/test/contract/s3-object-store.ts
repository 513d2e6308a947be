import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import { openObjectStore, parseS3Url } from '../../src/objects/open-object-store.ts';
import { S3Client } from '../../src/objects/s3-client.ts';
import { type S3Server, type S3ServerName, startS3Server } from '../support/s3-servers.ts';
import { envelopeOf, objectStoreContract, patterned } from './object-store.ts';

/** What every S3 server must do for us. */
export function s3ObjectStoreContract(kind: S3ServerName): void {
  describe(`on a server of ${kind}`, () => {
    let server: S3Server;

    beforeAll(async () => {
      server = await startS3Server(kind);
    });

    afterAll(async () => {
      await server[Symbol.asyncDispose]();
    });

    /** A bucket for each test, by the name of its folder. */
    const buckets = new Map<string, string>();

    objectStoreContract('behind S3', (local) => {
      const bucket = buckets.get(local) ?? `test-${randomUUID()}`;
      buckets.set(local, bucket);
      return openObjectStore(server.url(bucket), local, ARCHIVE_LIMITS);
    });

    it('keeps what comes together in few objects, and a pack until its last member is gone', async () => {
      const address = server.url(`test-${randomUUID()}`);
      await using client = new AsyncDisposableStack();
      const bucket = client.use(await S3Client.open(parseS3Url(address), 10_000));
      const names = async () => (await Array.fromAsync(bucket.list(''))).map(({ key }) => key);
      await using store = await openObjectStore(address, tmpdir(), ARCHIVE_LIMITS);
      const put = (number: number) => store.put({ content: { pieces: [patterned(1000)] }, envelope: envelopeOf(1000, number) });
      const keys = await Promise.all(Array.from({ length: 64 }, (_, index) => put(index)));
      const packs = await names();
      expect(packs.length).toBeLessThan(10);
      const largest = packs.find((pack) => keys.filter((key) => key.startsWith(pack)).length > 10) ?? '';
      const [last = '', ...others] = keys.filter((key) => key.startsWith(largest));
      await Promise.all(others.map((key) => store.delete(key)));
      expect(await store.size(others[0] ?? '')).toBeUndefined();
      expect(Buffer.compare(await store.readBytes(last, { offset: 0, length: 1000 }), patterned(1000))).toBe(0);
      expect(await names()).toContain(largest);
      await store.delete(last);
      expect((await names()).filter((name) => name.startsWith(largest))).toEqual([]);
    });

    it('gives the members of a pack that lie one behind the other by one request', async () => {
      await using store = await openObjectStore(server.url(`test-${randomUUID()}`), tmpdir(), ARCHIVE_LIMITS);
      const content = (number: number) => Buffer.alloc(1000 + number, number);
      const put = (number: number) =>
        store.put({ content: { pieces: [content(number)] }, envelope: envelopeOf(1000 + number, number) });
      const keys = await Promise.all(Array.from({ length: 64 }, (_, index) => put(index)));
      const { joined } = store;
      const first = keys.findIndex((key, index) => joined?.follows(key, keys[index + 1] ?? '') === true);
      const until = keys.findIndex((key, index) => index > first && joined?.follows(key, keys[index + 1] ?? '') !== true);
      expect(until).toBeGreaterThan(first);
      expect(joined?.follows(keys[first + 1] ?? '', keys[first] ?? '')).toBe(false);
      expect(joined?.follows(keys[until] ?? '', keys[until + 1] ?? '')).toBe(false);
      const stream = await joined?.read(keys[first] ?? '', keys[until] ?? '');
      const expected = Array.from({ length: until - first + 1 }, (_, index) => content(first + index));
      expect(Buffer.compare(Buffer.concat(await Array.fromAsync(stream ?? [])), Buffer.concat(expected))).toBe(0);
    });

    it('names an object that holds no envelope, and leaves it', async () => {
      const address = server.url(`test-${randomUUID()}`);
      await using client = new AsyncDisposableStack();
      const bucket = client.use(await S3Client.open(parseS3Url(address), 10_000));
      await bucket.put('r1abcdefgh/0000/damaged.dcm', Buffer.from('DICM'));
      await using store = await openObjectStore(address, tmpdir(), ARCHIVE_LIMITS);
      const found = [{ objectKey: 'r1abcdefgh/0000/damaged.dcm', broken: 'unknown' }];
      expect(await Array.fromAsync(store.unsettled())).toMatchObject(found);
      await store[Symbol.asyncDispose]();
      await using again = await openObjectStore(address, tmpdir(), ARCHIVE_LIMITS);
      expect(await Array.fromAsync(again.unsettled())).toMatchObject(found);
    });
  });
}
