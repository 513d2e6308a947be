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
        expect(written.slice(0, -1).every(({ byteLength }) => byteLength >= batchBytes)).toBe(true);
      }),
    );
  });

  it('holds no large chunk for the sake of a small piece', async () => {
    const held: number[] = [];
    const write = (pieces: readonly Uint8Array[]) => {
      held.push(...pieces.map(({ buffer }) => buffer.byteLength));
      return Promise.resolve();
    };
    const writer = new BatchWriter({ write }, 1000);
    await writer.write(new Uint8Array(65_536).subarray(100, 101));
    await writer.write(new Uint8Array(65_536).subarray(100, 20_000));
    await writer.end();
    expect(held).toEqual([1, 65_536]);
  });

  it('tells of a failed write at the next call, and not as an unhandled rejection', async () => {
    const writer = new BatchWriter({ write: () => Promise.reject(new Error('ENOSPC')) }, 1);
    await writer.write(Buffer.from('a'));
    await new Promise((resolve) => setImmediate(resolve));
    await expect(writer.write(Buffer.from('b'))).rejects.toThrow('ENOSPC');
  });
});
