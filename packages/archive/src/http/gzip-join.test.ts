import { constants, crc32, deflateRawSync, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type DeflatedPart, deflatedPart, joinedCrc32, joinGzip, storedPart } from './gzip-join.ts';

const kept = (text: string): DeflatedPart => ({
  deflated: deflateRawSync(text, { level: 9, finishFlush: constants.Z_SYNC_FLUSH }),
  crc32: crc32(text),
  textBytes: Buffer.byteLength(text),
});

const joined = async (parts: readonly DeflatedPart[]) =>
  Buffer.concat(await Array.fromAsync(joinGzip(ReadableStream.from(parts))));

it('the checksum of two texts is that of both in one', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (one, other) => {
      expect(joinedCrc32(crc32(one), crc32(other), other.byteLength)).toBe(crc32(Buffer.concat([one, other])));
    }),
  );
});

it('parts deflated before, now, and not at all are one gzip file of their texts', async () => {
  const ways = [kept, deflatedPart, storedPart];
  const part = fc.record({ way: fc.nat(2), text: fc.string({ unit: 'binary', maxLength: 2000 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 8 }), async (list) => {
      const parts = await Promise.all(list.map(({ way, text }) => ways[way]?.(text) ?? kept(text)));
      expect(gunzipSync(await joined(parts)).toString()).toBe(Buffer.from(list.map(({ text }) => text).join('')).toString());
    }),
  );
});

it('a text that was deflated alone can be read back', async () => {
  const text = JSON.stringify(Array.from({ length: 500 }, (_, index) => ({ index, same: 'Bệnh viện' })));
  expect(gunzipSync(await joined([storedPart('['), kept(text), storedPart(','), kept(text), storedPart(']')])).toString()).toBe(
    `[${text},${text}]`,
  );
});
