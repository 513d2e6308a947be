import { expect, it } from 'vitest';
import { Filler } from './filler.ts';
import { piecesOf } from './pieces.ts';
import { SendBuffers } from './send-buffers.ts';

it('gives what no buffer holds as it came, and goes on behind it', async () => {
  const buffers = new SendBuffers({ buffer: 8, buffersOut: 2, buffersKept: 1, smallBuffer: 8 });
  const sent = [new Uint8Array([1, 2]), new Uint8Array(20).fill(3), new Uint8Array([4])];
  const filler = new Filler(
    piecesOf(new Blob([Uint8Array.of(1, 2), new Uint8Array(20).fill(3), Uint8Array.of(4)]).stream()),
    buffers,
  );
  const got: Uint8Array[] = [];
  for (let filled = await filler.next(); filled !== undefined; filled = await filler.next()) {
    got.push(new Uint8Array(filled.bytes));
    if (filled.last || got.length > 20) {
      break;
    }
  }
  expect(Buffer.concat(got)).toEqual(Buffer.concat(sent));
});
