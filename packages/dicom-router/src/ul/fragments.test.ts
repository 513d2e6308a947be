import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FragmentCutter } from './fragments.ts';

const pieces = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 });
const longest = fc.integer({ min: 3, max: 40 }).map((half) => 2 * half);

describe('what is cut into fragments', () => {
  it.each([true, false])('loses no byte, has one last and even ones before it, where the end is known: %s', (known) => {
    fc.assert(
      fc.property(pieces, longest, (given, maxBytes) => {
        const cutter = new FragmentCutter(5, false, maxBytes);
        const fragments = given.flatMap((piece, index) => {
          const memory = new Uint8Array(piece);
          const cut = cutter.cut(memory, known && index === given.length - 1);
          const sent = cut.map((fragment) => ({ ...fragment, bytes: Buffer.concat(fragment.parts) }));
          // It is sent, and its memory used for something else.
          memory.fill(0xee);
          return sent;
        });
        if (!known || given.length === 0) {
          const end = cutter.cut(new Uint8Array(0), true);
          fragments.push(...end.map((fragment) => ({ ...fragment, bytes: Buffer.concat(fragment.parts) })));
        }
        expect(Buffer.concat(fragments.map(({ bytes }) => bytes))).toEqual(Buffer.concat(given));
        expect(fragments.map(({ last }) => last)).toEqual(fragments.map((_, index) => index === fragments.length - 1));
        expect(fragments.slice(0, -1).every(({ bytes }) => bytes.byteLength % 2 === 0 && bytes.byteLength > 0)).toBe(true);
        expect(fragments.every(({ bytes }) => bytes.byteLength <= maxBytes)).toBe(true);
        expect(fragments.every(({ contextId, command }) => contextId === 5 && !command)).toBe(true);
      }),
    );
  });

  it('is cut into full fragments', () => {
    const cut = new FragmentCutter(1, true, 10).cut(new Uint8Array(25), true);
    expect(cut.map(({ parts, last }) => [Buffer.concat(parts).byteLength, last])).toEqual([
      [10, false],
      [10, false],
      [5, true],
    ]);
  });
});
