import { expect, it } from 'vitest';
import { Delimiter } from './delimiter.ts';
import { Scanner } from './scanner.ts';

const PIECE_BYTES = 65_536;
/** A line that looks like a delimiter up to its last byte. */
const NEARLY = `\r\n--b${' '.repeat(250)}x`;

it('hands out what came before what looks like a delimiter, however long a body goes on so', async () => {
  const body = Buffer.from(NEARLY.repeat(5000));
  const held: number[] = [];
  let given = 0;
  let taken = 0;
  async function* source(): AsyncGenerator<Uint8Array, void, void> {
    for (let at = 0; at < body.length; at += PIECE_BYTES) {
      held.push(given - taken);
      given += Math.min(PIECE_BYTES, body.length - at);
      yield body.subarray(at, at + PIECE_BYTES);
    }
    yield Buffer.from('\r\n--b--');
  }
  const scanner = new Scanner(source(), new Delimiter('b'));
  const runs: Buffer[] = [];
  for (let run = await scanner.run(); run !== undefined; run = await scanner.run()) {
    runs.push(Buffer.from(run));
    taken += run.length;
  }
  expect(Math.max(...held)).toBeLessThan(PIECE_BYTES);
  // The line end it begins with is the scanner's own.
  expect(Buffer.concat(runs).subarray(2).equals(body)).toBe(true);
  expect(scanner.closed).toBe(true);
});
