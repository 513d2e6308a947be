import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteRange } from '@filmless/dicom';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Envelope } from '../../src/core/envelope.ts';
import type { FoundObject, ObjectStore } from '../../src/core/object-store.ts';

/** Reads a stream to its end. */
export async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export const patterned = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (index * 31) % 251);

/** An envelope of so many bytes; `number` tells instances apart. */
export function envelopeOf(size: number, number = 1): Envelope {
  return {
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.1',
    sopInstanceUid: `1.2.3.1.${number}`,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    sha256: 'ab'.repeat(32),
    size,
    dataSetOffset: 300,
    receivedAt: '2026-03-01T08:00:00.000Z',
    source: { kind: 'dimse', callingAe: 'CT01', address: '10.0.0.11', facility: 'main', verified: true },
  };
}

const keyOf = ({ objectKey }: FoundObject) => objectKey;

/** What every object store keeps; `open` gives a store on the folder or bucket of the test, again and again. */
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

    /** In three pieces, as it may come in. */
    const put = (content: Uint8Array, number = 1) => {
      const [a, b] = [Math.floor(content.length / 3), Math.floor(content.length / 2)];
      const pieces = [content.subarray(0, a), content.subarray(a, b), content.subarray(b)];
      return store.put({ content: { pieces }, envelope: envelopeOf(content.length, number) });
    };
    const putFile = async (content: Uint8Array) => {
      const path = join(folder, 'local');
      await writeFile(path, content);
      return await store.put({ content: { path }, envelope: envelopeOf(content.length) });
    };
    const read = async (key: string, range?: ByteRange) => Buffer.from(await collect(await store.read(key, range)));

    it.each([
      ['from memory', 700_001],
      ['from a file', 700_001],
      ['from a large file', 20_000_001],
    ])('gives back what came %s whole and by range, and nothing that stands behind it', async (from, length) => {
      const content = Buffer.from(patterned(length));
      const key = from === 'from memory' ? await put(content) : await putFile(content);
      await rm(join(folder, 'local'), { force: true });
      expect(Buffer.compare(await read(key), content)).toBe(0);
      expect(Buffer.compare(await read(key, { offset: 300_000, length: 270_000 }), content.subarray(300_000, 570_000))).toBe(0);
      expect(await store.readBytes(key, { offset: 5, length: 3 })).toEqual(content.subarray(5, 8));
      expect(await store.size(key)).toBe(length);
      expect((await store.readBytes(key, { offset: length - 2, length: 100 })).length).toBe(2);
      expect((await read(key, { offset: length - 2, length: 100 })).length).toBe(2);
      expect((await read(key, { offset: 3, length: 0 })).length).toBe(0);
      expect((await store.readBytes(key, { offset: 3, length: 0 })).length).toBe(0);
      expect((await read(key, { offset: length, length: 5 })).length).toBe(0);
      expect((await store.readBytes(key, { offset: length + 10, length: 5 })).length).toBe(0);
    });

    it('keeps many put at once, each under its own key with its envelope', async () => {
      const contents = Array.from({ length: 300 }, (_, index) => Buffer.from(patterned(index + 1)));
      const keys = await Promise.all(contents.map((content, index) => put(content, index)));
      expect(new Set(keys).size).toBe(300);
      for (const [index, key] of keys.entries()) {
        expect(await store.size(key)).toBe(index + 1);
        expect(await store.envelope(key)).toEqual(envelopeOf(index + 1, index));
        expect(Buffer.compare(await read(key), contents[index] ?? Buffer.alloc(0))).toBe(0);
      }
      const found = await Array.fromAsync(store.objects());
      expect(found.map(keyOf).sort()).toEqual([...keys].sort());
      expect(found.every((object) => 'envelope' in object)).toBe(true);
    });

    it('says what is missing', async () => {
      const key = await put(patterned(3));
      await store.delete(key);
      expect(await store.size(key)).toBeUndefined();
      await expect(store.read(key)).rejects.toMatchObject({ code: 'not-found' });
      await expect(store.readBytes(key, { offset: 0, length: 1 })).rejects.toMatchObject({ code: 'not-found' });
      await expect(store.envelope(key)).rejects.toMatchObject({ code: 'not-found' });
      expect(await store.size(store.derivedKey(key))).toBeUndefined();
    });

    it('leaves nothing of an object that cannot be read', async () => {
      const content = { path: join(folder, 'is-not-there') };
      await expect(store.put({ content, envelope: envelopeOf(12) })).rejects.toMatchObject({ name: 'ArchiveError' });
      expect(await Array.fromAsync(store.objects())).toEqual([]);
    });

    it('removes, also what is not there, and nothing beside it', async () => {
      const keys = await Promise.all(Array.from({ length: 20 }, (_, index) => put(patterned(100), index)));
      const [first = '', second = '', ...others] = keys;
      await store.delete(first);
      await store.delete(first);
      await store.delete(second);
      expect(await store.size(first)).toBeUndefined();
      expect((await Array.fromAsync(store.objects())).map(keyOf).sort()).toEqual([...others].sort());
      expect(Buffer.compare(await read(others[0] ?? ''), patterned(100))).toBe(0);
      await Promise.all(others.map((key) => store.delete(key)));
      expect(await Array.fromAsync(store.objects())).toEqual([]);
    });

    it('keeps the derivative of an object, replaces it, and removes it with the object', async () => {
      const key = await put(patterned(50));
      const derived = await store.putDerived(key, patterned(70));
      expect(derived).toBe(store.derivedKey(key));
      expect(await store.putDerived(key, patterned(60))).toBe(derived);
      expect(await store.size(derived)).toBe(60);
      expect(Buffer.compare(await read(derived), patterned(60))).toBe(0);
      expect((await Array.fromAsync(store.objects())).map(keyOf)).toEqual([key]);
      await store.delete(key);
      expect(await store.size(derived)).toBeUndefined();
    });

    it('keeps two derivatives of an object beside each other, and removes one alone, or both with it', async () => {
      const [key, other] = [await put(patterned(50)), await put(patterned(51), 1)];
      const inflated = await store.putDerived(key, patterned(70));
      const progressive = await store.putDerived(key, patterned(80), 'progressive');
      const beside = await store.putDerived(other, patterned(90), 'progressive');
      expect(progressive).toBe(store.derivedKey(key, 'progressive'));
      expect([await store.size(inflated), await store.size(progressive)]).toEqual([70, 80]);
      await store.deleteDerived(key, 'progressive');
      await store.deleteDerived(key, 'progressive');
      expect([await store.size(inflated), await store.size(progressive)]).toEqual([70, undefined]);
      await store.putDerived(key, patterned(80), 'progressive');
      await store.delete(key);
      expect([await store.size(inflated), await store.size(progressive), await store.size(beside)]).toEqual([
        undefined,
        undefined,
        90,
      ]);
      expect((await Array.fromAsync(store.objects())).map(keyOf)).toEqual([other]);
    });

    it('stops a stream whose reader left', async () => {
      const key = await put(patterned(1_000_000));
      const reader = (await store.read(key)).getReader();
      await reader.read();
      await reader.cancel();
      const aborted = new AbortController();
      aborted.abort();
      await expect(store.readBytes(key, { offset: 0, length: 1 }, aborted.signal)).rejects.toThrow();
    });

    it('leaves the file it was given as it was, but for what it may append', async () => {
      await putFile(patterned(8));
      expect((await stat(join(folder, 'local'))).size).toBeGreaterThanOrEqual(8);
    });

    it('shows a later run what was not settled, until it is', async () => {
      const keys = await Promise.all([1, 2, 3, 4].map((number) => put(patterned(10 * number), number)));
      const [known = '', deleted = '', ...left] = keys;
      store.settled(known);
      await store.delete(deleted);
      store.settled(deleted);
      {
        // The first run ended without a word.
        await using second = await open(folder);
        const found = await Array.fromAsync(second.unsettled());
        expect(found.map(keyOf)).toEqual(expect.arrayContaining(left));
        expect(found.map(keyOf)).not.toContain(deleted);
        for (const one of found) {
          if ('broken' in one) {
            await second.delete(one.objectKey);
          }
          second.settled(one.objectKey);
        }
      }
      await using third = await open(folder);
      expect(await Array.fromAsync(third.unsettled())).toEqual([]);
      expect((await Array.fromAsync(third.objects())).map(keyOf).sort()).toEqual([known, ...left].sort());
    });

    it('shows a later run nothing when all was settled and the store was closed', async () => {
      const keys = await Promise.all([1, 2, 3].map((number) => put(patterned(10), number)));
      keys.forEach((key) => {
        store.settled(key);
      });
      await store[Symbol.asyncDispose]();
      store = await open(folder);
      expect(await Array.fromAsync(store.unsettled())).toEqual([]);
    });

    it('has no problem when it works', async () => {
      expect(await store.problem()).toBeUndefined();
    });
  });
}
