import { expect, it } from 'vitest';
import type { StoredInstance } from './model.ts';
import { type InstanceReading, together } from './together.ts';

/** Only what is read of one. */
const instance = (objectKey: string, size: number): StoredInstance => ({ objectKey, size }) as StoredInstance;
const stream = (text: string): ReadableStream<Uint8Array> => new Blob([text]).stream() as ReadableStream<Uint8Array>;
/** Keys are `pack:offset`; an object's bytes are its key's last letter. */
const placeOf = (key: string) => ({ pack: key.split(':')[0], offset: Number(key.split(':')[1]) });
const SIZE = 3;

async function readAll(keys: readonly string[], isWhole: (one: StoredInstance) => boolean = () => true, joins = true) {
  const requests: string[] = [];
  const bytesOf = (key: string) => String(placeOf(key).offset % 10).repeat(SIZE);
  const objects = {
    follows: (key: string, next: string) =>
      placeOf(key).pack === placeOf(next).pack && placeOf(key).offset + SIZE === placeOf(next).offset,
    read: async (first: string, last: string) => {
      requests.push(`${first} to ${last}`);
      const count = (placeOf(last).offset - placeOf(first).offset) / SIZE + 1;
      return stream(Array.from({ length: count }, (_, index) => bytesOf(`x:${placeOf(first).offset + SIZE * index}`)).join(''));
    },
  };
  const read: InstanceReading['read'] = async ({ objectKey }) => {
    requests.push(objectKey);
    return stream(bytesOf(objectKey));
  };
  async function* given() {
    yield* keys.map((key) => instance(key, SIZE));
  }
  const found: string[] = [];
  for await (const one of together(given(), isWhole, read, joins ? objects : undefined)) {
    const whole = await one.read(one.instance, { of: 'file' });
    found.push(`${one.instance.objectKey} ${Buffer.concat(await Array.fromAsync(whole)).toString()}`);
  }
  return { requests, found };
}

it('reads instances that lie one behind the other by one request, and gives each its own', async () => {
  const { requests, found } = await readAll(['a:0', 'a:3', 'a:6', 'b:9', 'a:9', 'a:12', 'a:18']);
  expect(requests).toEqual(['a:0 to a:6', 'b:9', 'a:9 to a:12', 'a:18']);
  expect(found).toEqual(['a:0 000', 'a:3 333', 'a:6 666', 'b:9 999', 'a:9 999', 'a:12 222', 'a:18 888']);
});

it('reads each alone that is not read whole', async () => {
  const { requests } = await readAll(['a:0', 'a:3', 'a:6', 'a:9'], ({ objectKey }) => objectKey !== 'a:6');
  expect(requests).toEqual(['a:0 to a:3', 'a:6', 'a:9']);
});

it('reads each alone from a store that has each in a file', async () => {
  const { requests } = await readAll(['a:0', 'a:3'], () => true, false);
  expect(requests).toEqual(['a:0', 'a:3']);
});

it('ends a request at the members of a pack', async () => {
  const { requests, found } = await readAll(Array.from({ length: 300 }, (_, index) => `a:${SIZE * index}`));
  expect(requests).toEqual(['a:0 to a:765', 'a:768 to a:897']);
  expect(found).toHaveLength(300);
});
