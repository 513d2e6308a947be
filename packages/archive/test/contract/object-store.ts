import { link, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../src/core/object-store.ts';

/** Reads a stream to its end. */
export async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const bytes = (length: number) => Uint8Array.from({ length }, (_, index) => (index * 31) % 251);

/** What every object store keeps; `open` gives a store in its own empty folder or bucket. */
export function objectStoreContract(name: string, open: (folder: string) => Promise<ObjectStore>): void {
  describe(`object store ${name}`, () => {
    let folder: string;
    let store: ObjectStore;

    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), 'filmless-objects-'));
      store = await open(folder);
    });

    afterEach(async () => {
      await store[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    });

    const local = async (content: Uint8Array) => {
      const file = join(folder, 'local');
      await writeFile(file, content);
      return file;
    };

    it('gives back a file whole and by range, after the local one is gone', async () => {
      const content = bytes(700_001);
      const file = await local(content);
      await store.put([{ key: 'aa/bb/one.dcm', file, size: content.length }]);
      await rm(file);
      expect(Buffer.compare(await collect(await store.read('aa/bb/one.dcm')), content)).toBe(0);
      const range = { offset: 300_000, length: 270_000 };
      expect(Buffer.compare(await collect(await store.read('aa/bb/one.dcm', range)), content.subarray(300_000, 570_000))).toBe(0);
      expect(await store.readBytes('aa/bb/one.dcm', { offset: 5, length: 3 })).toEqual(Buffer.from(content.subarray(5, 8)));
      expect(await store.size('aa/bb/one.dcm')).toBe(700_001);
    });

    it('cuts a range that goes beyond the end, and gives nothing behind it', async () => {
      await store.put([{ key: 'aa/bb/short.json', bytes: bytes(10) }]);
      expect((await store.readBytes('aa/bb/short.json', { offset: 8, length: 100 })).length).toBe(2);
      expect((await collect(await store.read('aa/bb/short.json', { offset: 8, length: 100 }))).length).toBe(2);
      expect((await collect(await store.read('aa/bb/short.json', { offset: 3, length: 0 }))).length).toBe(0);
      expect((await collect(await store.read('aa/bb/short.json', { offset: 10, length: 5 }))).length).toBe(0);
    });

    it('keeps objects put together, and an empty one', async () => {
      const file = await local(bytes(4));
      await store.put([
        { key: 'ab/cd/x.dcm', file, size: 4 },
        { key: 'ab/cd/x.json', bytes: new Uint8Array() },
      ]);
      expect(await store.size('ab/cd/x.dcm')).toBe(4);
      expect(await store.size('ab/cd/x.json')).toBe(0);
    });

    it('takes many objects into one folder at once', async () => {
      const keys = Array.from({ length: 40 }, (_, index) => `0f/series/${index}.json`);
      await Promise.all(keys.map((key, index) => store.put([{ key, bytes: bytes(index) }])));
      const sizes = await Promise.all(keys.map((key) => store.size(key)));
      expect(sizes).toEqual(keys.map((_, index) => index));
    });

    it('says what is missing', async () => {
      expect(await store.size('aa/none.dcm')).toBeUndefined();
      await expect(store.read('aa/none.dcm')).rejects.toMatchObject({ code: 'not-found' });
      await expect(store.readBytes('aa/none.dcm', { offset: 0, length: 1 })).rejects.toMatchObject({ code: 'not-found' });
    });

    it('leaves nothing of a put that fails in part', async () => {
      const put = store.put([
        { key: 'ee/f/a.json', bytes: bytes(3) },
        { key: 'ee/f/b.dcm', file: join(folder, 'is-not-there'), size: 12 },
      ]);
      await expect(put).rejects.toMatchObject({ name: 'ArchiveError' });
      expect(await store.size('ee/f/a.json')).toBeUndefined();
      expect(await Array.fromAsync(store.list('.json'))).toEqual([]);
    });

    it('removes, also what is not there', async () => {
      await store.put([{ key: 'aa/bb/one.json', bytes: bytes(3) }]);
      await store.delete('aa/bb/one.json');
      await store.delete('aa/bb/one.json');
      expect(await store.size('aa/bb/one.json')).toBeUndefined();
    });

    it('lists the keys that end as asked', async () => {
      await store.put([{ key: 'aa/bb/one.json', bytes: bytes(1) }]);
      await store.put([{ key: 'aa/cc/two.json', bytes: bytes(1) }]);
      await store.put([{ key: 'aa/cc/two.dcm', bytes: bytes(1) }]);
      expect((await Array.fromAsync(store.list('.json'))).sort()).toEqual(['aa/bb/one.json', 'aa/cc/two.json']);
    });

    it('stops a stream whose reader left', async () => {
      await store.put([{ key: 'aa/bb/long.dcm', bytes: bytes(2_000_000) }]);
      const reader = (await store.read('aa/bb/long.dcm')).getReader();
      await reader.read();
      await reader.cancel();
      const aborted = new AbortController();
      aborted.abort();
      await expect(store.readBytes('aa/bb/long.dcm', { offset: 0, length: 1 }, aborted.signal)).rejects.toThrow();
    });

    it('does not mind another name of the local file', async () => {
      const file = await local(bytes(8));
      await link(file, join(folder, 'second-name'));
      await store.put([{ key: 'aa/bb/linked.dcm', file, size: 8 }]);
      await rm(file);
      expect(await store.size('aa/bb/linked.dcm')).toBe(8);
      expect((await stat(join(folder, 'second-name'))).size).toBe(8);
    });

    it('has no problem when it works', async () => {
      expect(await store.problem()).toBeUndefined();
    });
  });
}
