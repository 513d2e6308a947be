import { once } from 'node:events';
import { constants } from 'node:fs';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALIGNMENT, alignedMemory, isAligned } from './aligned-memory.ts';
import { NODE_DISK } from './node-disk.ts';
import { lengthOf } from './pieces.ts';
import { writePlanned } from './planned-write.ts';

const filled = (bytes: number, value: number): Uint8Array => alignedMemory(Math.max(bytes, 1)).subarray(0, bytes).fill(value);

describe('a write to a file made ahead', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-planned-'));
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
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 5 }), fc.boolean(), async (wanted, whole) => {
        number += 1;
        const path = join(folder, String(number));
        const file = await NODE_DISK.createAhead(path);
        const pieces = wanted.map(({ length, from, own, seed }) =>
          own ? filled(length + from, seed).subarray(from) : new Uint8Array(length).fill(seed),
        );
        if (whole) {
          pieces.push(new Uint8Array((ALIGNMENT - (lengthOf(pieces) % ALIGNMENT)) % ALIGNMENT).fill(7));
        }
        await writePlanned(file.plan(pieces));
        await file.close();
        expect(Buffer.compare(await readFile(path), Buffer.concat(pieces))).toBe(0);
      }),
      { numRuns: 100 },
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

  it('is done in another thread, which sees the memory that is shared', async () => {
    const file = await NODE_DISK.createAhead(join(folder, 'a'));
    const shared = filled(ALIGNMENT, 1);
    const planned = file.plan([shared, new Uint8Array(ALIGNMENT).fill(2)]);
    shared.fill(3);
    const code = `
      const { parentPort, workerData } = require('node:worker_threads');
      import(workerData.module).then(({ writePlanned }) => writePlanned(workerData.planned)).then(() => parentPort.postMessage('done'));
    `;
    const module = new URL('./planned-write.ts', import.meta.url).href;
    const thread = new Worker(code, { eval: true, workerData: { module, planned } });
    expect(await once(thread, 'message')).toEqual(['done']);
    await thread.terminate();
    await file.close();
    const expected = [new Uint8Array(ALIGNMENT).fill(3), new Uint8Array(ALIGNMENT).fill(2)];
    expect(Buffer.compare(await readFile(join(folder, 'a')), Buffer.concat(expected))).toBe(0);
  });

  it('is done beside many others, each from memory of its own', async () => {
    await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        const file = await NODE_DISK.createAhead(join(folder, String(index)));
        await writePlanned(file.plan([filled(ALIGNMENT, index), new Uint8Array(ALIGNMENT).fill(index)]));
        await file.close();
      }),
    );
    for (let index = 0; index < 40; index += 1) {
      const bytes = await readFile(join(folder, String(index)));
      expect([bytes.byteLength, bytes.every((byte) => byte === index)]).toEqual([2 * ALIGNMENT, true]);
    }
  });

  it('says what the system says, of a file that is closed and of a disk without room', async () => {
    const file = await NODE_DISK.createAhead(join(folder, 'a'));
    const planned = file.plan([filled(ALIGNMENT, 1)]);
    await file.close();
    await expect(writePlanned(planned)).rejects.toMatchObject({ code: 'EBADF' });
    const full = await open('/dev/full', constants.O_WRONLY);
    await expect(writePlanned({ ...planned, fd: full.fd })).rejects.toMatchObject({ code: 'ENOSPC' });
    await full.close();
  });

  it('is to a file that did not exist', async () => {
    const path = join(folder, 'a');
    await (await NODE_DISK.createAhead(path)).close();
    await expect(NODE_DISK.createAhead(path)).rejects.toMatchObject({ code: 'EEXIST' });
  });
});
