import { zstdCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { inflatedBody } from './inflated-body.ts';

const whole = new Uint8Array(zstdCompressSync(Buffer.from('words '.repeat(10_000))));

async function inflate(bytes: Uint8Array): Promise<string> {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(bytes);
      controller.close();
    },
  });
  return Buffer.concat(await Array.fromAsync(inflatedBody(body))).toString();
}

it('gives a body as it was before zstd', async () => {
  expect(await inflate(whole)).toBe('words '.repeat(10_000));
});

it.each([
  ['ends in the middle', whole.subarray(0, whole.byteLength - 5)],
  ['ends in its header', whole.subarray(0, 5)],
  ['was never made by zstd', new Uint8Array(100)],
])('refuses one that %s as its sender’s fault', async (_, bytes) => {
  await expect(inflate(bytes)).rejects.toMatchObject({ code: 'invalid-request' });
});
