import { expect, it } from 'vitest';
import { PieceReader } from './piece-reader.ts';

/** Pieces in one memory, which is used again for each. */
async function* inOneMemory(...pieces: readonly string[]): AsyncGenerator<Uint8Array, void, void> {
  const memory = Buffer.alloc(8);
  for (const piece of pieces) {
    memory.fill('-');
    memory.write(piece);
    yield memory.subarray(0, piece.length);
  }
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

it('keeps what it was asked to show while further pieces come', async () => {
  const reader = new PieceReader(inOneMemory('abc', 'defg', 'hi', 'jk'));
  const head = await reader.peek(5);
  expect(text(head)).toBe('abcdefg');
  reader.skip(6);
  const rest: string[] = [];
  for await (const piece of reader.rest()) {
    rest.push(text(piece));
  }
  expect(rest).toEqual(['g', 'hi', 'jk']);
  expect(text(head)).toBe('abcdefg');
});

it('joins what is left of a piece with the next', async () => {
  const reader = new PieceReader(inOneMemory('abc', 'defg', 'hi'));
  const taken: string[] = [];
  for await (const piece of reader.take(2)) {
    taken.push(text(piece));
  }
  expect(taken).toEqual(['ab']);
  expect(text(await reader.peek(4))).toBe('cdefg');
});
