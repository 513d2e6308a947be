import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AssociationDouble } from '../../test/association-double.ts';
import { PDataWriter } from './p-data-writer.ts';

describe('the P-DATA writer', () => {
  it('cuts any writes into full fragments with one last, and loses no byte', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 });
    const max = fc.integer({ min: 3, max: 40 }).map((half) => 2 * half);
    await fc.assert(
      fc.asyncProperty(pieces, max, async (written, maxFragmentBytes) => {
        const association = new AssociationDouble([], [], { maxFragmentBytes });
        const writer = new PDataWriter(association, 5, false);
        for (const piece of written) {
          await writer.write(piece);
        }
        await writer.end();
        const fragments = association.written;
        expect(Buffer.concat(fragments.map(({ bytes }) => bytes))).toEqual(Buffer.concat(written));
        expect(fragments.map(({ last }) => last)).toEqual(fragments.map((_, index) => index === fragments.length - 1));
        expect(fragments.slice(0, -1).every(({ bytes }) => bytes.byteLength === maxFragmentBytes)).toBe(true);
        expect(fragments.every(({ contextId, command }) => contextId === 5 && !command)).toBe(true);
      }),
    );
  });
});
