import { mkdtemp, rm, rmdir, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './run.ts';

/** A disk of its own, in memory, that is full when the test says so. */
export class SmallDisk implements AsyncDisposable {
  readonly folder: string;
  readonly #ballast: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.#ballast = join(folder, 'ballast');
  }

  /** Needs the right to mount. */
  static async mount(megabytes: number): Promise<SmallDisk> {
    const folder = await mkdtemp(join(tmpdir(), 'filmless-disk-'));
    await successful('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'filmless-test', folder]);
    return new SmallDisk(folder);
  }

  /** Nothing at all is left. */
  async fill(): Promise<void> {
    for (;;) {
      const { bavail, bsize } = await statfs(this.folder);
      if (bavail === 0) {
        return;
      }
      // Somebody else may have taken of it meanwhile.
      await run('fallocate', ['-o', String(await this.#taken()), '-l', String(bavail * bsize), this.#ballast]);
    }
  }

  async makeRoom(): Promise<void> {
    await rm(this.#ballast, { force: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await successful('umount', ['-l', this.folder]);
    await rmdir(this.folder);
  }

  async #taken(): Promise<number> {
    await writeFile(this.#ballast, '', { flag: 'a' });
    const { stdout } = await run('stat', ['-c', '%s', this.#ballast]);
    return Number(stdout);
  }
}

async function successful(program: string, args: readonly string[]): Promise<void> {
  const { code, stderr } = await run(program, args);
  if (code !== 0) {
    throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
  }
}
