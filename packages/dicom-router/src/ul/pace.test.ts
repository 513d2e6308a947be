import { expect, it } from 'vitest';
import { Pace } from './pace.ts';

const sizes = (pieces: readonly Uint8Array[]) => pieces.map(({ byteLength }) => byteLength);

/** The bytes of each portion when all were taken in so many milliseconds. */
function portions(pace: Pace, pieces: readonly Uint8Array[], ms: number): number[] {
  const given: number[] = [];
  for (let rest = pieces; rest.length > 0; ) {
    const [, bytes, left] = pace.portion(rest);
    given.push(bytes);
    pace.took(bytes, ms);
    rest = left;
  }
  return given;
}

it('gives a connection more at once the quicker it takes it, and little again when it was slow', () => {
  const pace = new Pace();
  const image = [new Uint8Array(12), new Uint8Array(524_288)];
  expect(portions(pace, image, 1)).toEqual([32_768, 65_536, 131_072, 262_144, 32_780]);
  expect(portions(pace, image, 1)).toEqual([524_288, 12]);
  expect(portions(pace, image, 6_000)).toEqual([524_300]);
  expect(portions(pace, [new Uint8Array(100_000)], 1_000)).toEqual([32_768, 32_768, 32_768, 1_696]);
});

it('cuts no byte away, and nothing where all fits', () => {
  const pace = new Pace();
  const small = [new Uint8Array(10), new Uint8Array(20)];
  expect(pace.portion(small)).toEqual([small, 30, []]);
  const [portion, bytes, rest] = pace.portion([new Uint8Array(10), new Uint8Array(40_000), new Uint8Array(3)]);
  expect([sizes(portion), bytes, sizes(rest)]).toEqual([[10, 32_758], 32_768, [7_242, 3]]);
});
