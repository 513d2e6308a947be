import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layoutOf } from '../../../test/pixels/layout.ts';
import { readCells } from './native.ts';

test('big-endian words are turned round', () => {
  const layout = layoutOf({ rows: 1, bigEndian: true, signed: true });
  expect([...readCells(Uint8Array.of(0x01, 0x02, 0xff, 0xfe), 0, layout)]).toEqual([0x0102, -2]);
});

test('eight-bit samples written as big-endian words are turned round, as bytes they are not', () => {
  const bytes = Uint8Array.of(2, 1, 4, 3);
  const words = layoutOf({ bitsAllocated: 8, bigEndian: true, wordsOfTwo: true });
  expect([...readCells(bytes, 0, words)]).toEqual([1, 2, 3, 4]);
  expect([...readCells(bytes, 0, { ...words, wordsOfTwo: false })]).toEqual([2, 1, 4, 3]);
});

test('a frame that begins and ends within big-endian words is cut out of them', () => {
  const words = layoutOf({ rows: 1, columns: 3, bitsAllocated: 8, bigEndian: true, wordsOfTwo: true });
  expect([...readCells(Uint8Array.of(2, 1, 4, 3), 0, words)]).toEqual([1, 2, 3]);
  expect([...readCells(Uint8Array.of(4, 3, 6, 5), 8, words)]).toEqual([4, 5, 6]);
});

test('one-bit pixels begin anywhere in a byte, the least significant bit first', () => {
  const layout = layoutOf({ rows: 3, columns: 3, bitsAllocated: 1 });
  expect([...readCells(Uint8Array.of(0b1010_1000, 0b0000_0011), 3, layout)]).toEqual([1, 0, 1, 0, 1, 1, 1, 0, 0]);
});

test('cells of any size come back as they were packed', () => {
  const cells = fc
    .record({ bits: fc.integer({ min: 1, max: 31 }), firstBit: fc.nat(7), signed: fc.boolean() })
    .chain((shape) =>
      fc.array(fc.nat(2 ** shape.bits - 1), { minLength: 1, maxLength: 20 }).map((values) => ({ ...shape, values })),
    );
  fc.assert(
    fc.property(cells, ({ bits, firstBit, signed, values }) => {
      fc.pre(bits !== 8 && bits !== 16);
      const stream = values.map((value) => value.toString(2).padStart(bits, '0').split('').reverse().join('')).join('');
      const text = '0'.repeat(firstBit) + stream;
      const bytes = Uint8Array.from({ length: Math.ceil(text.length / 8) }, (_, i) =>
        Number.parseInt(
          text
            .slice(8 * i, 8 * i + 8)
            .padEnd(8, '0')
            .split('')
            .reverse()
            .join(''),
          2,
        ),
      );
      const layout = layoutOf({ rows: 1, columns: values.length, bitsAllocated: bits, signed });
      const expected = values.map((value) => (signed && bits > 1 && value >= 2 ** (bits - 1) ? value - 2 ** bits : value));
      expect([...readCells(bytes, firstBit, layout)]).toEqual(expected);
    }),
  );
});

test('floating point comes as it is, in either byte order', () => {
  const bytes = new Uint8Array(new Float32Array([1.5, -2]).buffer);
  const layout = layoutOf({ rows: 1, bitsAllocated: 32, numbers: 'float' });
  expect([...readCells(bytes, 0, layout)]).toEqual([1.5, -2]);
  const swapped = Uint8Array.of(...bytes.subarray(0, 4).toReversed(), ...bytes.subarray(4).toReversed());
  expect([...readCells(swapped, 0, { ...layout, bigEndian: true })]).toEqual([1.5, -2]);
});

test('a missing pad byte is tolerated, a frame without half of its bytes is not', () => {
  const layout = layoutOf({ rows: 1, columns: 3, bitsAllocated: 8 });
  expect([...readCells(Uint8Array.of(1, 2), 0, layout)]).toEqual([1, 2, 0]);
  expect(() => readCells(Uint8Array.of(1), 0, layout)).toThrow('the frame has 1 of 3 bytes');
});

test('a frame that lies in its buffer as it should is not copied; all others are', () => {
  const layout = layoutOf({ rows: 1, columns: 2, bitsAllocated: 16 });
  const bytes = Uint8Array.of(1, 2, 3, 4);
  expect(readCells(bytes, 0, layout).buffer).toBe(bytes.buffer);
  const others = [
    readCells(bytes, 0, { ...layout, bigEndian: true }),
    readCells(bytes.subarray(2), 0, layout),
    readCells(bytes.subarray(0, 2), 0, layout),
  ];
  expect(others.map((cells) => cells.buffer === bytes.buffer)).toEqual([false, false, false]);
  expect(others.map((cells) => [...cells])).toEqual([
    [0x0102, 0x0304],
    [0x0403, 0],
    [0x0201, 0],
  ]);
});
