import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRle } from './rle.ts';

/** PackBits as PS3.5 G.3.1 describes it: runs of three or more, literals otherwise, each at most 128 long. */
function packBits(bytes: readonly number[]): number[] {
  const out: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    let run = 1;
    while (run < 128 && at + run < bytes.length && bytes[at + run] === bytes[at]) {
      run += 1;
    }
    if (run > 2) {
      out.push(257 - run, bytes[at] ?? 0);
      at += run;
      continue;
    }
    const literal = bytes.slice(at, at + 3);
    out.push(literal.length - 1, ...literal);
    at += literal.length;
  }
  return out.length % 2 === 0 ? out : [...out, 0];
}

function frame(segments: readonly (readonly number[])[]): Uint8Array {
  const packed = segments.map(packBits);
  const header = new DataView(new ArrayBuffer(64));
  header.setUint32(0, segments.length, true);
  let offset = 64;
  packed.forEach((segment, index) => {
    header.setUint32(4 + 4 * index, offset, true);
    offset += segment.length;
  });
  return Uint8Array.from([...new Uint8Array(header.buffer), ...packed.flat()]);
}

test('what was packed comes back, most significant byte first in its own segment', () => {
  const bytes = fc.array(fc.oneof(fc.nat(255), fc.constant(7)), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(bytes, fc.constantFrom(1, 2, 3, 4, 6), (pixels, segments) => {
      const planes = Array.from({ length: segments }, (_, i) => pixels.map((value) => (value + i) % 256));
      const samples = segments % 3 === 0 ? 3 : 1;
      const width = segments / samples;
      const decoded = decodeRle(frame(planes), pixels.length, samples, width);
      const expected = pixels.flatMap((_, pixel) =>
        planes.map((__, i) => planes[Math.floor(i / width) * width + (width - 1 - (i % width))]?.[pixel]),
      );
      expect([...decoded]).toEqual(expected);
    }),
  );
});

test.each([
  ['too short', new Uint8Array(10), 'no header'],
  ['another number of segments', frame([[1], [2]]), '2 segments where 1'],
  ['a segment that ends early', frame([[1, 2, 3, 4, 5, 6, 7, 8]]), 'has 8 of 1000 bytes'],
])('a frame that is %s is refused in words', (_, bytes, words) => {
  expect(() => decodeRle(bytes, 1000, 1, 1)).toThrow(words);
});

test('a segment offset beyond the frame is refused', () => {
  const bytes = frame([[1, 2, 3]]);
  new DataView(bytes.buffer).setUint32(4, 5000, true);
  expect(() => decodeRle(bytes, 3, 1, 1)).toThrow('beyond');
});

test('every frame of arbitrary bytes is an image or a named error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      try {
        expect(decodeRle(bytes, 50, 1, 1)).toHaveLength(50);
      } catch (error) {
        expect(error).toMatchObject({ name: 'ArchiveError', code: 'cannot-decode' });
      }
    }),
  );
});
