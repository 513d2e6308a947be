import { expect, it } from 'vitest';
import { gathered } from './gathered.ts';

async function piecesOf(chunks: readonly (string | Error)[], most: number): Promise<readonly unknown[]> {
  async function* bytes(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) {
      if (chunk instanceof Error) {
        throw chunk;
      }
      yield Buffer.from(chunk);
    }
  }
  const found = await Array.fromAsync(gathered(ReadableStream.from(bytes()), most, 4));
  return found.map(({ bytes: held, failure }) =>
    failure === undefined ? Buffer.from(held).toString() : [Buffer.from(held).toString(), String(failure)],
  );
}

it('gives pieces of one length, however the bytes come, and a shorter last one', async () => {
  expect(await piecesOf(['a', 'bcdefghij', 'k'], 100)).toEqual(['abcd', 'efgh', 'ijk']);
  expect(await piecesOf(['abcdefgh'], 100)).toEqual(['abcd', 'efgh']);
});

it('reads no more than asked for', async () => {
  expect(await piecesOf(['abcdefgh', 'ijkl'], 6)).toEqual(['abcd', 'ef']);
});

it('gives what came before a line broke, and says so', async () => {
  expect(await piecesOf(['abcdef', new Error('broken')], 100)).toEqual(['abcd', ['ef', 'Error: broken']]);
});
