import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BatchWriter, type WritableFile } from './batch-writer.ts';

/** A file in memory whose writes are as short as it is told. */
function memoryFile(most: () => number): { readonly file: WritableFile; readonly written: () => Buffer } {
  const parts: Buffer[] = [];
  const file = {
    writev: (pieces: readonly Uint8Array[]) => {
      const part = Buffer.concat(pieces).subarray(0, Math.max(1, most()));
      parts.push(Buffer.from(part));
      return Promise.resolve({ bytesWritten: part.byteLength, buffers: [...pieces] });
    },
    datasync: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return { file: file as unknown as WritableFile, written: () => Buffer.concat(parts) };
}

describe('the batch writer', () => {
  it('writes every byte in order, however short the writes of the system are', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.integer({ min: 1, max: 50 }), fc.nat(40), async (all, batchBytes, most) => {
        const { file, written } = memoryFile(() => most);
        const writer = new BatchWriter(file, batchBytes);
        for (const piece of all) {
          await writer.write(piece);
        }
        await writer.end();
        expect(written()).toEqual(Buffer.concat(all));
      }),
    );
  });

  it('holds no large chunk for the sake of a small piece', async () => {
    const { file } = memoryFile(() => 1000);
    const held: number[] = [];
    const watched: WritableFile = {
      ...file,
      writev: (pieces) => {
        held.push(...pieces.map(({ buffer }) => buffer.byteLength));
        return file.writev(pieces);
      },
    };
    const writer = new BatchWriter(watched, 1000);
    await writer.write(new Uint8Array(65_536).subarray(100, 101));
    await writer.write(new Uint8Array(65_536).subarray(100, 20_000));
    await writer.end();
    expect(held.slice(0, 2)).toEqual([1, 65_536]);
  });

  it('tells of a failed write at the next call, and not as an unhandled rejection', async () => {
    const { file } = memoryFile(() => 1);
    const broken = { ...file, writev: () => Promise.reject(new Error('ENOSPC')) };
    const writer = new BatchWriter(broken, 1);
    await writer.write(Buffer.from('a'));
    await new Promise((resolve) => setImmediate(resolve));
    await expect(writer.write(Buffer.from('b'))).rejects.toThrow('ENOSPC');
  });
});
