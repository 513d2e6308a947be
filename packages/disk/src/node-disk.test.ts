import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NODE_DISK } from './node-disk.ts';
import { writeAll } from './write-all.ts';

describe('the disk of the machine', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-disk-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  it('writes pieces one behind the other, also more than the system takes at once, and behind the end of a file', async () => {
    const path = join(folder, 'a');
    const many = Array.from({ length: 3000 }, (_, index) => Buffer.from([index % 251]));
    const file = await NODE_DISK.create(path);
    await file.write(many);
    await file.write([]);
    await file.write([Buffer.alloc(0)]);
    await file.sync();
    await file.close();
    const more = await NODE_DISK.append(path);
    await more.write([Buffer.from('end')]);
    await more.close();
    expect(Buffer.compare(await readFile(path), Buffer.concat([...many, Buffer.from('end')]))).toBe(0);
    await expect(NODE_DISK.create(path)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(NODE_DISK.append(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('writes every byte in order, however short the writes of the system are', async () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(pieces, fc.integer({ min: 1, max: 40 }), async (all, most) => {
        const written: Buffer[] = [];
        await writeAll(all, (rest) => {
          const part = Buffer.concat(rest).subarray(0, most);
          written.push(part);
          return Promise.resolve(part.byteLength);
        });
        expect(Buffer.concat(written)).toEqual(Buffer.concat(all));
      }),
    );
    await expect(writeAll([Buffer.from('x')], () => Promise.resolve(0))).rejects.toThrow('took no byte');
  });

  it('reads from any place as far as the file goes', async () => {
    const path = join(folder, 'a');
    await writeFile(path, 'abcdef');
    const file = await NODE_DISK.open(path);
    const into = Buffer.alloc(4);
    expect([file.size, await file.read(into, 1), into.toString()]).toEqual([6, 4, 'bcde']);
    expect([await file.read(into, 4), into.toString()]).toEqual([2, 'efde']);
    expect(await file.read(into, 6)).toBe(0);
    await file.close();
    const known = await NODE_DISK.open(path, 5);
    expect([known.size, await known.read(into, 1), into.toString()]).toEqual([5, 4, 'bcde']);
    await known.close();
  });

  it('names, moves and removes files, and knows what is not there', async () => {
    const [a, b, c] = [join(folder, 'a'), join(folder, 'b'), join(folder, 'c')];
    await writeFile(a, 'xyz');
    await NODE_DISK.link(a, b);
    await NODE_DISK.rename(b, c);
    await NODE_DISK.remove(a);
    await NODE_DISK.remove(a);
    expect(await readdir(folder)).toEqual(['c']);
    expect([await NODE_DISK.size(c), await NODE_DISK.size(a)]).toEqual([3, undefined]);
    await mkdir(join(folder, 'd'));
    await symlink('c', join(folder, 'e'));
    expect((await NODE_DISK.list(folder)).map(({ name, kind }) => `${name} ${kind}`).sort()).toEqual([
      'c file',
      'd folder',
      'e other',
    ]);
    expect(await NODE_DISK.list(join(folder, 'none'))).toEqual([]);
    expect(await NODE_DISK.freeBytes(folder)).toBeGreaterThan(0);
    await expect(NODE_DISK.freeBytes(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('makes folders with those above them, and says which was the topmost', async () => {
    const deep = join(folder, 'x', 'y', 'z');
    expect(await NODE_DISK.makeFolder(deep)).toBe(join(folder, 'x'));
    expect(await NODE_DISK.makeFolder(deep)).toBeUndefined();
  });

  it('syncs folders, also more than are kept open, and one that was made anew under a name', async () => {
    const folders = Array.from({ length: 20 }, (_, index) => join(folder, 'x', String(index)));
    for (const one of folders) {
      await NODE_DISK.makeFolder(one);
    }
    await Promise.all([...folders, ...folders].map((one) => NODE_DISK.syncFolder(one)));
    await rm(join(folder, 'x'), { recursive: true });
    await NODE_DISK.makeFolder(folders[19] ?? '');
    await NODE_DISK.syncFolder(folders[19] ?? '');
    await rm(join(folder, 'x'), { recursive: true });
    const never = join(folder, 'never');
    await expect(NODE_DISK.syncFolder(never)).rejects.toMatchObject({ code: 'ENOENT' });
    await NODE_DISK.makeFolder(never);
    await NODE_DISK.syncFolder(never);
  });
});
