import { expect, it } from 'vitest';
import { takeRun } from './byte-run.ts';
import { giveBack, streamOfOwned } from './owned-run.ts';

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, index) => index % 251);

it('gives all bytes, and their memory back with the last of them', async () => {
  const bytes = bytesOf(20_000);
  const run = takeRun(streamOfOwned(bytes));
  const [first, second] = [new Uint8Array(12_000), new Uint8Array(12_000)];
  expect([await run?.read(first), run?.left, bytes.length]).toEqual([12_000, 8_000, 20_000]);
  expect([await run?.read(second), run?.left, bytes.length]).toEqual([8_000, 0, 0]);
  expect(Buffer.concat([first, second.subarray(0, 8_000)]).equals(bytesOf(20_000))).toBe(true);
  expect(await run?.read(second)).toBe(0);
});

it('is a stream like others to who has no memory of his own', async () => {
  const chunks = await Array.fromAsync(streamOfOwned(bytesOf(20_000)));
  expect(Buffer.concat(chunks).equals(bytesOf(20_000))).toBe(true);
});

it('gives the memory back when nobody wants the bytes', async () => {
  const bytes = bytesOf(20_000);
  await streamOfOwned(bytes).cancel();
  expect(bytes.length).toBe(0);
});

it('leaves memory that small pieces share', () => {
  const bytes = Buffer.from('a few bytes of the pool');
  giveBack(bytes);
  expect(bytes.toString()).toBe('a few bytes of the pool');
});
