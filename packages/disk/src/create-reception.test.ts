import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReceivedObject } from '@filmless/dicom';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createReception } from './create-reception.ts';
import type { Disk } from './disk.ts';
import { NODE_DISK } from './node-disk.ts';
import type { Reception, ReceptionLimits } from './reception.ts';

const LIMITS: ReceptionLimits = {
  memoryInstanceBytes: 100,
  memoryBytes: 1_000_000,
  instanceBytes: 1000,
  freeBytes: 1,
  freeCheckBytes: 16,
  writeBatchBytes: 8,
};

async function* pieces(...texts: readonly (string | Uint8Array | Error)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    if (text instanceof Error) {
      throw text;
    }
    yield Buffer.from(text);
  }
}

const sha256 = (text: string | Uint8Array) => createHash('sha256').update(text).digest('hex');

describe('receiving', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-reception-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const open = (limits: Partial<ReceptionLimits> = {}, disk: Partial<Disk> = {}) =>
    createReception({ ...NODE_DISK, ...disk }, folder, { ...LIMITS, ...limits });

  const bytesOf = async (reception: Reception, object: ReceivedObject) => {
    await using source = await reception.open(object);
    return Buffer.from(await source.read(0, object.size + 10)).toString();
  };

  it('keeps a small object in memory, and writes nothing', async () => {
    const reception = await open();
    const { object, head } = await reception.receive(pieces('data ', 'set'), { before: Buffer.from('meta') });
    expect(object).toMatchObject({ size: 12, dataSetOffset: 4, sha256: sha256('data set') });
    expect(Buffer.from(head).toString()).toBe('data set');
    expect(await bytesOf(reception, object)).toBe('metadata set');
    expect(await readdir(folder)).toEqual([]);
  });

  it('writes a longer one to a file, what was in memory first', async () => {
    const reception = await open({ memoryInstanceBytes: 10 });
    const { object, head } = await reception.receive(pieces('data ', 'set'), { before: Buffer.from('meta') });
    const path = 'path' in object.content ? object.content.path : '';
    expect((await readFile(path)).toString()).toBe('metadata set');
    expect(object).toMatchObject({ size: 12, dataSetOffset: 4, sha256: sha256('data set') });
    expect(Buffer.from(head).toString()).toBe('data set');
    expect(await bytesOf(reception, object)).toBe('metadata set');
    await reception.release(object);
    expect(await readdir(folder)).toEqual([]);
  });

  it('keeps no more in memory than all may have together, until some is given back', async () => {
    const reception = await open({ memoryBytes: 16_384, memoryInstanceBytes: 100 });
    const receive = async (text: string) => (await reception.receive(pieces(text), {})).object;
    const first = await receive('a'.repeat(60));
    const second = await receive('b'.repeat(60));
    expect('pieces' in first.content).toBe(true);
    expect('path' in second.content).toBe(true);
    await reception.release(first);
    await reception.release(first);
    const third = await receive('c'.repeat(60));
    expect('pieces' in third.content).toBe(true);
    expect('path' in (await receive('d'.repeat(60))).content).toBe(true);
  });

  it('writes to a file what there is no memory for, from its first byte on', async () => {
    const reception = await open({ memoryBytes: 16_384, memoryInstanceBytes: 100_000, instanceBytes: 100_000 });
    const whole = Uint8Array.from({ length: 40_000 }, (_, index) => index % 251);
    const { object } = await reception.receive(pieces(whole.subarray(0, 10_000), whole.subarray(10_000)), {});
    const path = 'path' in object.content ? object.content.path : '';
    expect(Buffer.compare(await readFile(path), whole)).toBe(0);
    expect('pieces' in (await reception.receive(pieces('x'), {})).object.content).toBe(true);
  });

  it('keeps no hold on the pieces it was given: a sender may use their memory again', async () => {
    const reception = await open({ memoryInstanceBytes: 1000 });
    const memory = Buffer.alloc(2);
    async function* reused() {
      for (const letter of 'abc') {
        yield memory.fill(letter);
      }
    }
    const { object, head } = await reception.receive(reused(), { dataSetOffset: () => 1 });
    memory.fill('x');
    expect(await bytesOf(reception, object)).toBe('aabbcc');
    expect(Buffer.from(head).toString()).toBe('abbcc');
    expect(object.sha256).toBe(sha256('abbcc'));
  });

  it('uses the memory of an object again, but not after a failure', async () => {
    const reception = await open({ memoryInstanceBytes: 1000 });
    const memoryOf = async (after: 'use' | 'failure') => {
      const { object } = await reception.receive(pieces('x'), {});
      await reception.release(object, after);
      return 'pieces' in object.content ? object.content.pieces[0]?.buffer : undefined;
    };
    const first = await memoryOf('use');
    const second = await memoryOf('failure');
    expect(second).toBe(first);
    expect(await memoryOf('use')).not.toBe(first);
  });

  it('finds where the data set begins in the first bytes, however they are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 }),
        fc.nat(200),
        fc.integer({ min: 1, max: 400 }),
        async (all, offset, memoryInstanceBytes) => {
          const reception = await open({ memoryInstanceBytes, instanceBytes: 10_000 });
          const whole = Buffer.concat(all);
          let seen: Uint8Array | undefined;
          const dataSetOffset = (beginning: Uint8Array) => {
            seen = beginning;
            return offset;
          };
          const { object, head } = await reception.receive(pieces(...all), { dataSetOffset });
          expect(Buffer.compare(seen ?? Buffer.alloc(1), whole)).toBe(0);
          expect(object.dataSetOffset).toBe(Math.min(offset, whole.byteLength));
          expect(object.sha256).toBe(sha256(whole.subarray(offset)));
          expect(Buffer.compare(head, whole.subarray(offset, offset + 16_384))).toBe(0);
          await reception.release(object);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('looks for the data set in 64 KiB only, and hashes from there on also where it begins behind them', async () => {
    const reception = await open({ instanceBytes: 200_000, memoryInstanceBytes: 200_000 });
    const whole = Uint8Array.from({ length: 150_000 }, (_, index) => index % 251);
    let seen = 0;
    const { object } = await reception.receive(pieces(whole.subarray(0, 70_000), whole.subarray(70_000)), {
      dataSetOffset: (beginning) => {
        seen = beginning.byteLength;
        return 90_000;
      },
    });
    expect(seen).toBe(65_536);
    expect(object).toMatchObject({ dataSetOffset: 90_000, sha256: sha256(whole.subarray(90_000)) });
  });

  it('gathers no beginning where the first piece shows where the data set begins', async () => {
    const reception = await open({ instanceBytes: 200_000, memoryInstanceBytes: 200_000 });
    const whole = Uint8Array.from({ length: 150_000 }, (_, index) => index % 251);
    const all = [whole.subarray(0, 500), whole.subarray(500, 70_000), whole.subarray(70_000)];
    const looked: number[] = [];
    const received = async (told: number | undefined) =>
      await reception.receive(pieces(...all), {
        dataSetOffset: () => 90_000,
        firstLook: (first) => {
          looked.push(first.byteLength);
          return told;
        },
      });
    const { object, head } = await received(300);
    expect(object).toMatchObject({ dataSetOffset: 300, sha256: sha256(whole.subarray(300)) });
    expect(Buffer.compare(head, whole.subarray(300, 300 + 16_384))).toBe(0);
    expect((await received(undefined)).object).toMatchObject({ dataSetOffset: 90_000, sha256: sha256(whole.subarray(90_000)) });
    expect(looked).toEqual([500, 500]);
  });

  it('reads ranges across pieces, and none beyond the end', async () => {
    const reception = await open();
    const { object } = await reception.receive(pieces('abc', '', 'def', 'ghi'), {});
    await using source = await reception.open(object);
    const read = async (offset: number, length: number) => Buffer.from(await source.read(offset, length)).toString();
    expect([await read(4, 1), await read(2, 5), await read(7, 100), await read(9, 1), await read(20, 1)]).toEqual([
      'e',
      'cdefg',
      'hi',
      '',
      '',
    ]);
  });

  it.each([10, 1000])('writes the same data set behind other file meta information (in memory up to %i bytes)', async (most) => {
    const reception = await open({ memoryInstanceBytes: most });
    const { object } = await reception.receive(pieces('data ', 'set'), { before: Buffer.from('meta') });
    const again = await reception.rewrite(object, Buffer.from('longer'));
    expect(again.object).toMatchObject({ size: 14, dataSetOffset: 6, sha256: object.sha256 });
    expect(await bytesOf(reception, again.object)).toBe('longerdata set');
    expect(await bytesOf(reception, object)).toBe('metadata set');
  });

  it.each([1, 1000])('leaves nothing when the sender breaks off (in memory up to %i bytes)', async (memoryInstanceBytes) => {
    const reception = await open({ memoryInstanceBytes, memoryBytes: 16_384 });
    const broken = new Error('the peer aborted');
    for (let times = 0; times < 5; times += 1) {
      await expect(reception.receive(pieces('one', 'two', broken), {})).rejects.toBe(broken);
    }
    expect(await readdir(folder)).toEqual([]);
    const { object } = await reception.receive(pieces('x'), {});
    expect('pieces' in object.content).toBe(true);
  });

  it('takes nothing longer than the limit, what stands before it counted', async () => {
    const reception = await open({ instanceBytes: 10, memoryInstanceBytes: 5 });
    const { object } = await reception.receive(pieces('123', '456'), { before: Buffer.from('meta') });
    await reception.release(object);
    await expect(reception.receive(pieces('123', '4567'), { before: Buffer.from('meta') })).rejects.toMatchObject({
      code: 'too-long',
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('begins nothing on a disk that is nearly full, and goes on with nothing that fills it', async () => {
    const full = await open({ freeBytes: 100 }, { freeBytes: () => Promise.resolve(99) });
    expect(await full.hasRoom()).toBe(false);
    await expect(full.receive(pieces('x'), {})).rejects.toMatchObject({ code: 'full' });
    const filling = await open({ freeBytes: 100, freeCheckBytes: 4 }, { freeBytes: () => Promise.resolve(104) });
    expect(await filling.hasRoom()).toBe(true);
    await expect(filling.receive(pieces('12345', '12345', '12345'), {})).rejects.toMatchObject({ code: 'full' });
    const away = await open({}, { freeBytes: () => Promise.reject(new Error('EIO')) });
    expect(await away.hasRoom()).toBe(false);
    await expect(away.receive(pieces('x'), {})).rejects.toMatchObject({ code: 'failed' });
  });

  it('keeps the last hundredths of the disk for emergencies', async () => {
    const disk = (free: number) => ({ freeBytes: () => Promise.resolve(free), sizeBytes: () => Promise.resolve(10_000) });
    const limits = { freeBytes: 100, bulkFreePercent: 8 };
    const room = async (free: number) => {
      const reception = await open(limits, disk(free));
      return [await reception.hasRoom('bulk'), await reception.hasRoom('emergency')];
    };
    expect([await room(800), await room(799), await room(99)]).toEqual([
      [true, true],
      [false, true],
      [false, false],
    ]);
    // Of a small disk what is kept for the databases is more.
    const small = await open(limits, { ...disk(100), sizeBytes: () => Promise.resolve(200) });
    expect(await small.hasRoom('bulk')).toBe(true);
  });

  it('stops when it is told to', async () => {
    const reception = await open();
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(reception.receive(pieces('x'), { signal })).rejects.toThrow('enough');
  });

  it('removes what an earlier run left in its folder, and no folder', async () => {
    await writeFile(join(folder, 'old.part'), 'x');
    await mkdir(join(folder, 'dimse'));
    await open();
    expect(await readdir(folder)).toEqual(['dimse']);
  });
});
