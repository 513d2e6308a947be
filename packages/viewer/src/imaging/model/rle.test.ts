import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { frameOf } from './fixture.ts';
import type { PixelFormat } from './image-frame.ts';
import { decodeRle } from './rle.ts';

/** Segments as the standard's simplest encoder writes them: runs of two or more, and single literals. PS3.5 G.3. */
function encode(segments: readonly Uint8Array[]): Uint8Array {
  const packed = segments.map((bytes) => {
    const out: number[] = [];
    for (let at = 0; at < bytes.length; ) {
      let run = 1;
      while (run < 128 && bytes[at + run] === bytes[at]) {
        run += 1;
      }
      out.push(run === 1 ? 0 : 257 - run, bytes[at] ?? 0);
      at += run;
    }
    return out.length % 2 === 0 ? out : [...out, 0];
  });
  const header = new DataView(new ArrayBuffer(64));
  header.setUint32(0, packed.length, true);
  let offset = 64;
  for (const [index, segment] of packed.entries()) {
    header.setUint32(4 + index * 4, offset, true);
    offset += segment.length;
  }
  return Uint8Array.from([...new Uint8Array(header.buffer), ...packed.flat()]);
}

const { format } = frameOf({ '00280010': 4, '00280011': 5 });
const shape = (bitsAllocated: number, samplesPerPixel: number): PixelFormat => ({ ...format, bitsAllocated, samplesPerPixel });

describe('an RLE frame', () => {
  test.each([
    [8, 1],
    [8, 3],
    [16, 1],
    [16, 3],
    [32, 1],
  ])('of %i bits and %i samples comes back as it was', (bits, samples) => {
    const width = bits / 8;
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20 * width * samples, maxLength: 20 * width * samples }), (native) => {
        const segments = Array.from({ length: width * samples }, (_, segment) =>
          Uint8Array.from(
            { length: 20 },
            (__, pixel) =>
              native[Math.floor(segment / width) * 20 * width + pixel * width + (width - 1 - (segment % width))] ?? 0,
          ),
        );
        expect(decodeRle(shape(bits, samples), encode(segments))).toEqual(native);
      }),
    );
  });

  test('with another number of segments than the image needs is refused', () => {
    expect(decodeRle(shape(16, 1), encode([new Uint8Array(20)]))).toBeUndefined();
  });

  test('never reads or writes outside its frame, whatever the bytes say', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 64, maxLength: 200 }), (bytes) => {
        new DataView(bytes.buffer, bytes.byteOffset).setUint32(0, 1, true);
        expect(decodeRle(shape(8, 1), bytes)?.length).toBe(20);
      }),
    );
  });
});
