import { describe, expect, it } from 'vitest';
import { FaultyDisk, PowerCut } from '../test/faulty-disk.ts';

const text = (bytes: Uint8Array | undefined) => (bytes === undefined ? undefined : Buffer.from(bytes).toString());

async function write(disk: FaultyDisk, path: string, content: string, sync: boolean): Promise<void> {
  const file = await disk.create(path);
  await file.write([Buffer.from(content)]);
  await (sync ? file.sync() : undefined);
  await file.close();
}

/** What may be left of a file, over many seeds. */
const left = (disk: FaultyDisk, path: string) =>
  new Set(Array.from({ length: 200 }, (_, seed) => text(disk.restarted(seed).files().get(path))));

describe('the disk with faults', () => {
  it('keeps what was synced with its folders, at every cut', async () => {
    const disk = new FaultyDisk();
    await disk.makeFolder('/data/a');
    await write(disk, '/data/a/x', 'synced', true);
    await disk.syncFolder('/data/a');
    await disk.syncFolder('/data');
    expect(left(disk, '/data/a/x')).toEqual(new Set(['synced', undefined]));
    await disk.syncFolder('/');
    expect(left(disk, '/data/a/x')).toEqual(new Set(['synced']));
  });

  it('loses, cuts and zeroes bytes that were not synced, and sometimes keeps them', async () => {
    const disk = new FaultyDisk();
    await disk.makeFolder('/data');
    await disk.syncFolder('/');
    await write(disk, '/data/x', 'abc', false);
    await disk.syncFolder('/data');
    expect(left(disk, '/data/x')).toEqual(new Set(['', 'a', 'ab', 'abc', '\0\0\0']));
    const file = await disk.append('/data/x');
    await file.sync();
    await file.write([Buffer.from('de')]);
    const after = left(disk, '/data/x');
    expect([...after].every((one) => one?.startsWith('abc') === true)).toBe(true);
    expect(after).toContain('abc');
    expect(after).toContain('abcde');
  });

  it('has what was written to a file made ahead, but for half of a write or a lie', async () => {
    const disk = new FaultyDisk();
    await disk.makeFolder('/data');
    await disk.syncFolder('/');
    const [file, other] = [await disk.createAhead('/data/x'), await disk.createAhead('/data/y')];
    await disk.syncFolder('/data');
    await disk.perform(file.plan([Buffer.from('a'), Buffer.from('b')]));
    expect(left(disk, '/data/x')).toEqual(new Set(['ab']));
    disk.plan = ({ kind }) => (kind === 'write-synced' ? 'fails' : undefined);
    await expect(disk.perform(other.plan([Buffer.from('cdef')]))).rejects.toMatchObject({ code: 'EIO' });
    expect(left(disk, '/data/y')).toEqual(new Set(['', 'c', 'cd', '\0\0']));
    disk.plan = () => undefined;
    disk.lies = ({ kind }) => kind === 'write-synced';
    await disk.perform(other.plan([Buffer.from('g')]));
    expect(left(disk, '/data/y')).toContain('');
    expect(disk.steps.map(({ kind }) => kind)).not.toContain('sync');
  });

  it('forgets names, removals and renames whose folder was not synced, or keeps them', async () => {
    const disk = new FaultyDisk();
    await disk.makeFolder('/data');
    await disk.syncFolder('/');
    await write(disk, '/data/old', 'o', true);
    await write(disk, '/data/gone', 'g', true);
    await disk.syncFolder('/data');
    await disk.rename('/data/old', '/data/new');
    await disk.link('/data/new', '/data/second');
    await disk.remove('/data/gone');
    expect([...disk.files().keys()].sort()).toEqual(['/data/new', '/data/second']);
    expect(left(disk, '/data/gone')).toEqual(new Set(['g', undefined]));
    expect(left(disk, '/data/second')).toEqual(new Set(['o', undefined]));
    for (let seed = 0; seed < 50; seed += 1) {
      const files = disk.restarted(seed).files();
      expect(files.has('/data/old')).not.toBe(files.has('/data/new'));
    }
    expect([...disk.restarted(0).files().keys()].sort()).toEqual(['/data/gone', '/data/old']);
    expect([...disk.restarted(1).files().keys()].sort()).toEqual(['/data/new', '/data/second']);
  });

  it('fails, is full and is slow at the step it was told to, and does half of a write', async () => {
    const disk = new FaultyDisk();
    await disk.makeFolder('/data');
    disk.plan = ({ kind }) => (kind === 'write' ? 'full' : kind === 'sync' ? 'slow' : kind === 'close' ? 'fails' : undefined);
    const file = await disk.create('/data/x');
    await expect(file.write([Buffer.from('ab'), Buffer.from('cd')])).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(text(disk.files().get('/data/x'))).toBe('ab');
    await file.sync();
    await expect(file.close()).rejects.toMatchObject({ code: 'EIO' });
    expect(disk.steps.map(({ kind }) => kind)).toEqual(['make-folder', 'create', 'write', 'sync', 'close']);
  });

  it.each(['cut-before', 'cut-within', 'cut-after'] as const)('does nothing more when its power was cut (%s)', async (fault) => {
    const disk = new FaultyDisk();
    await disk.makeFolder('/data');
    const file = await disk.create('/data/x');
    disk.plan = ({ kind }) => (kind === 'write' ? fault : undefined);
    await expect(file.write([Buffer.from('abcd')])).rejects.toBeInstanceOf(PowerCut);
    expect(disk.isCut).toBe(true);
    const written = { 'cut-before': '', 'cut-within': 'ab', 'cut-after': 'abcd' };
    expect(text(disk.files().get('/data/x'))).toBe(written[fault]);
    await expect(disk.list('/data')).rejects.toBeInstanceOf(PowerCut);
    await expect(disk.pass('mark')).rejects.toBeInstanceOf(PowerCut);
  });
});
