import { constants } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALIGNMENT, alignedMemory, isAligned } from './aligned-memory.ts';
import { NODE_DISK } from './node-disk.ts';

const filled = (bytes: number, value: number): Uint8Array => alignedMemory(Math.max(bytes, 1)).subarray(0, bytes).fill(value);

describe('a file whose writes are synced', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-direct-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('has every byte in its place, whatever is aligned of what it is given', async () => {
    const lengths = [0, 1, 511, 512, ALIGNMENT - 1, ALIGNMENT, ALIGNMENT + 2, 4 * ALIGNMENT, 64 * ALIGNMENT, 70 * ALIGNMENT];
    const piece = fc.record({
      length: fc.constantFrom(...lengths),
      from: fc.constantFrom(0, 1, ALIGNMENT),
      own: fc.boolean(),
      seed: fc.nat({ max: 250 }),
    });
    let number = 0;
    const writes = fc.array(fc.array(piece, { maxLength: 5 }), { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(writes, fc.boolean(), async (all, whole) => {
        number += 1;
        const path = join(folder, String(number));
        const file = await NODE_DISK.create(path, 'synced');
        const expected: Uint8Array[] = [];
        for (const wanted of all) {
          const pieces = wanted.map(({ length, from, own, seed }) =>
            own ? filled(length + from, seed).subarray(from) : new Uint8Array(length).fill(seed),
          );
          const length = pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
          if (whole) {
            pieces.push(new Uint8Array((ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT).fill(7));
          }
          await file.write(pieces);
          expected.push(...pieces);
        }
        await file.sync();
        await file.close();
        expect(Buffer.compare(await readFile(path), Buffer.concat(expected))).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it.runIf(process.platform === 'linux')('goes past the page cache from memory that is aligned', async () => {
    const path = join(folder, 'a');
    const memory = alignedMemory(2 * ALIGNMENT);
    expect([isAligned(memory), isAligned(memory.subarray(0, 100)), isAligned(Buffer.alloc(ALIGNMENT))]).toEqual([
      true,
      false,
      false,
    ]);
    const direct = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_DIRECT);
    try {
      // A file system takes no other memory: that it takes this proves where it begins.
      expect((await direct.writev([memory.subarray(ALIGNMENT), memory])).bytesWritten).toBe(3 * ALIGNMENT);
    } finally {
      await direct.close();
    }
  });

  it('writes many at a time, each from memory of its own', async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const file = await NODE_DISK.create(join(folder, String(index)), 'synced');
        await file.write([filled(ALIGNMENT, index), new Uint8Array(ALIGNMENT).fill(index)]);
        await file.close();
      }),
    );
    for (let index = 0; index < 40; index += 1) {
      const bytes = await readFile(join(folder, String(index)));
      expect([bytes.byteLength, bytes.every((byte) => byte === index)]).toEqual([2 * ALIGNMENT, true]);
    }
  });

  it('is a file that did not exist', async () => {
    const path = join(folder, 'a');
    await (await NODE_DISK.create(path, 'synced')).close();
    await expect(NODE_DISK.create(path, 'synced')).rejects.toMatchObject({ code: 'EEXIST' });
  });
});
