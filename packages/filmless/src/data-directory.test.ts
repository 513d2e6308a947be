import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDataDirectory } from './data-directory.ts';

const HOLDER = `
  import { openDataDirectory } from ${JSON.stringify(new URL('./data-directory.ts', import.meta.url).href)};
  await openDataDirectory(process.argv[1]);
  console.log('held');
  setInterval(() => undefined, 1000);
`;

describe('the data directory', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-data-'));
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  /** Another process that holds the directory until it is killed. */
  async function holder(path: string) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', HOLDER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    return child;
  }

  it('is made with its folders, for its owner alone', async () => {
    const path = join(folder, 'deep', 'data');
    using data = await openDataDirectory(path);
    expect(data.path).toBe(path);
    const made = ['incoming', 'index', 'records', 'tls'];
    for (const name of ['', ...made]) {
      expect((await stat(join(path, name))).mode & 0o777).toBe(0o700);
    }
    expect((await readdir(path)).toSorted()).toEqual([...made, 'lock'].toSorted());
  });

  it('is refused to a second server, with the number of the first', async () => {
    const child = await holder(folder);
    await expect(openDataDirectory(folder)).rejects.toThrow(`in use by process ${child.pid}`);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
  });

  it('is free at once after its holder was killed', async () => {
    const child = await holder(folder);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    using data = await openDataDirectory(folder);
    expect(data.path).toBe(folder);
  });

  it('is refused within one process too, and free after it was let go', async () => {
    {
      using _first = await openDataDirectory(folder);
      await expect(openDataDirectory(folder)).rejects.toThrow('in use');
    }
    using again = await openDataDirectory(folder);
    expect(again.path).toBe(folder);
  });

  it('says what to do when it cannot be made', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(openDataDirectory(join(folder, 'file', 'data'))).rejects.toThrow('choose another with --data');
  });
});
