import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Log } from '@filmless/access';
import { BACKUP_NAME } from '../backup/make-backup.ts';
import { MANIFEST } from '../backup/manifest.ts';
import { SERVER_LIMITS } from '../limits.ts';

export interface DailyBackupOptions {
  readonly folder: string;
  /** So many are kept. */
  readonly keep: number;
  /** Makes one; resolves to what went wrong, in words, or undefined. */
  readonly backUp: (signal: AbortSignal) => Promise<string | undefined>;
  readonly now: () => number;
  readonly log: Log;
}

/** Makes a backup a day, and removes old ones. A day without one is told at `/readyz`. */
export class DailyBackup implements AsyncDisposable {
  readonly #options: DailyBackupOptions;
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #failure: string | undefined;
  #triedAt = Number.NEGATIVE_INFINITY;

  constructor(options: DailyBackupOptions) {
    this.#options = options;
  }

  start(): void {
    const look = () => {
      this.#running ??= this.look().finally(() => {
        this.#running = undefined;
      });
    };
    look();
    this.#timer = setInterval(look, SERVER_LIMITS.backupCheck).unref();
  }

  /** Makes a backup when the last is a day old. A failed one is tried again an hour later. Never rejects. */
  async look(): Promise<void> {
    const { now, log, folder } = this.#options;
    const time = now();
    if (time - this.#triedAt < SERVER_LIMITS.backupRetry) {
      return;
    }
    try {
      if (!(await this.#isDue(time))) {
        return;
      }
      this.#triedAt = time;
      this.#failure = await this.#options.backUp(this.#stop.signal);
      if (this.#failure === undefined) {
        await this.#removeOld();
        log.info({ folder }, 'backup.made');
      }
    } catch (error) {
      this.#triedAt = time;
      this.#failure = error instanceof Error ? error.message : String(error);
    }
    if (this.#failure !== undefined && !this.#stop.signal.aborted) {
      log.error({ problem: this.#failure }, 'backup.failed');
    }
  }

  async #isDue(time: number): Promise<boolean> {
    const newest = (await backupsIn(this.#options.folder)).at(-1);
    return newest === undefined || time - timeOf(newest) >= SERVER_LIMITS.backupEvery;
  }

  warnings(): readonly string[] {
    return this.#failure === undefined ? [] : [`The daily backup failed: ${this.#failure}`];
  }

  async #removeOld(): Promise<void> {
    const { folder, keep, now } = this.#options;
    const whole = await backupsIn(folder);
    const partial = (await readdir(folder)).filter((name) => /^\.filmless-backup-\d{8}T\d{6}Z\.partial$/.test(name));
    const stale = partial.filter((name) => now() - timeOf(name.slice(1)) > SERVER_LIMITS.backupEvery);
    for (const name of [...whole.slice(0, -keep), ...stale]) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#stop.abort();
    await this.#running;
  }
}

/** Names of the whole backups, the oldest first. What is not ours is not touched. */
async function backupsIn(folder: string): Promise<readonly string[]> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const names = (await readdir(folder)).filter((name) => BACKUP_NAME.test(name) && existsSync(join(folder, name, MANIFEST)));
  return names.toSorted();
}

/** Of the name's stamp, in milliseconds since 1970. */
function timeOf(name: string): number {
  const iso = name.replace(/^\D*(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z.*$/, '$1-$2-$3T$4:$5:$6Z');
  return Date.parse(iso);
}

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/**
 * Runs `filmless backup` with the server's own settings. NOTE: in a process of its own, since SQLite's locks belong to a process:
 * a second SQLite that opened and closed the databases in this one would let go of the locks of the first.
 */
export function backUpBeside(folder: string, words: readonly string[]): DailyBackupOptions['backUp'] {
  return (signal) =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [MAIN, 'backup', '--to', folder, ...words], {
        stdio: ['ignore', 'ignore', 'pipe'],
        signal,
      });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => {
        said = `${said}${chunk.toString()}`.slice(-SERVER_LIMITS.backupWords);
      });
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code) =>
        resolve(code === 0 ? undefined : said.replace(/^filmless: /, '').trim() || `it ended with ${code}`),
      );
    });
}
