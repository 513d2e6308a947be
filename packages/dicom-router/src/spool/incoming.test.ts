import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RouterError } from '../errors.ts';
import { routerLimits } from '../limits.ts';
import { DISK, Incoming, type IncomingDisk } from './incoming.ts';

const META = Buffer.from('meta');

async function* pieces(...texts: readonly (string | Error)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    if (text instanceof Error) {
      throw text;
    }
    yield Buffer.from(text);
  }
}

describe('incoming files', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-incoming-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const open = (limits = {}, disk: Partial<IncomingDisk> = {}) =>
    Incoming.open(folder, routerLimits({ freeBytes: 1, ...limits }), { ...DISK, ...disk });

  it('are written with their meta, hashed without it, and begin with what was seen first', async () => {
    const incoming = await open({ writeBatchBytes: 4 });
    const { file, head } = await incoming.receive(META, pieces('data ', 'set'));
    expect((await readFile(file.path)).toString()).toBe('metadata set');
    expect(file).toMatchObject({
      size: 12,
      dataSetOffset: 4,
      sha256: createHash('sha256').update('data set').digest('hex'),
    });
    expect(Buffer.from(head).toString()).toBe('data set');
  });

  it('are synced, and their folder after them, before they are handed on', async () => {
    const done: string[] = [];
    const incoming = await open(
      {},
      {
        create: async (path) => {
          const file = await DISK.create(path);
          return {
            writev: async (...args) => {
              done.push('write');
              return await file.writev(...args);
            },
            datasync: async () => {
              await file.datasync();
              done.push('file synced');
            },
            close: () => file.close(),
          };
        },
        syncFolder: async (path) => {
          await DISK.syncFolder(path);
          done.push('folder synced');
        },
      },
    );
    await incoming.receive(META, pieces('x'));
    expect(done).toEqual(['write', 'file synced', 'folder synced']);
  });

  it('leave nothing when the sender breaks off', async () => {
    const incoming = await open({ writeBatchBytes: 1 });
    const broken = new RouterError('aborted', 'the peer aborted');
    await expect(incoming.receive(META, pieces('one', 'two', broken))).rejects.toBe(broken);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each<[string, Partial<IncomingDisk>]>([
    ['cannot be made', { create: () => Promise.reject(new Error('ENOSPC')) }],
    [
      'cannot be written',
      {
        create: async (path) => {
          const file = await DISK.create(path);
          return {
            writev: () => Promise.reject(new Error('ENOSPC')),
            datasync: () => file.datasync(),
            close: () => file.close(),
          };
        },
      },
    ],
    [
      'cannot be synced',
      {
        create: async (path) => {
          const file = await DISK.create(path);
          return {
            writev: file.writev.bind(file),
            datasync: () => Promise.reject(new Error('EIO')),
            close: () => file.close(),
          };
        },
      },
    ],
    ['cannot be found again', { syncFolder: () => Promise.reject(new Error('EIO')) }],
  ])('leave nothing and say so when they %s', async (_, disk) => {
    const incoming = await open({ writeBatchBytes: 1 }, disk);
    await expect(incoming.receive(META, pieces('one', 'two', 'three'))).rejects.toMatchObject({ code: 'full' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('may not be longer than the limit, their meta counted as the archive counts it', async () => {
    const incoming = await open({ instanceBytes: 10 });
    const { file } = await incoming.receive(META, pieces('123', '456'));
    expect(file.size).toBe(10);
    await incoming.remove({ file });
    await expect(incoming.receive(META, pieces('123', '4567'))).rejects.toMatchObject({ code: 'limit-exceeded' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('of a run that ended in the middle are gone at the next start', async () => {
    await writeFile(join(folder, 'left.dcm'), 'half');
    await open();
    expect(await readdir(folder)).toEqual([]);
  });

  it('are not begun on a disk that is nearly full', async () => {
    const room = async (free: number) => (await open({ freeBytes: 100 }, { freeBytes: () => Promise.resolve(free) })).hasRoom();
    expect(await room(99)).toBe(false);
    expect(await room(100)).toBe(true);
  });
});
