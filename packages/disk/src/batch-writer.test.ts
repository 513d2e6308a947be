import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchWriter } from './batch-writer.ts';

describe('the batch writer', () => {
  it('writes every byte in order, in batches of the length it was told', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.integer({ min: 1, max: 50 }), async (all, batchBytes) => {
        const written: Buffer[] = [];
        const write = async (some: readonly Uint8Array[]) => {
          await Promise.resolve();
          written.push(Buffer.concat(some));
        };
        const writer = new BatchWriter({ write }, batchBytes);
        for (const piece of all) {
          await writer.write(piece);
        }
        await writer.end();
        expect(Buffer.concat(written)).toEqual(Buffer.concat(all));
        expect(written.slice(0, -1).every(({ byteLength }) => byteLength === batchBytes)).toBe(true);
      }),
    );
  });

  it('keeps no hold on a piece it has taken, nor on a batch while the next is gathered', async () => {
    const written: string[] = [];
    const write = async (pieces: readonly Uint8Array[]) => {
      await new Promise((resolve) => setImmediate(resolve));
      written.push(Buffer.concat(pieces).toString());
    };
    const writer = new BatchWriter({ write }, 4);
    const piece = Buffer.alloc(3);
    for (const letter of 'abcdef') {
      piece.fill(letter);
      await writer.write(piece);
    }
    piece.fill('x');
    await writer.end();
    expect(written).toEqual(['aaab', 'bbcc', 'cddd', 'eeef', 'ff']);
  });

  it('tells of a failed write at the next call, and not as an unhandled rejection', async () => {
    const writer = new BatchWriter({ write: () => Promise.reject(new Error('ENOSPC')) }, 1);
    await writer.write(Buffer.from('a'));
    await new Promise((resolve) => setImmediate(resolve));
    await expect(writer.write(Buffer.from('b'))).rejects.toThrow('ENOSPC');
  });
});
