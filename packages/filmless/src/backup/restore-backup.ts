import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { openDataDirectory, RESTORE_MARK } from '../data-directory.ts';
import { checkDatabase, KNOWN_SCHEMAS } from './databases.ts';
import { copySynced, sha256Of, stamp, sync } from './files.ts';
import { CONFIG_COPY, MANIFEST, type Manifest, parseManifest, RECORDS } from './manifest.ts';

export interface RestoreOptions {
  /** The folder of one backup. */
  readonly from: string;
  readonly dataDir: string;
  /** Undefined where accounts, records and index are on PostgreSQL. */
  readonly indexFile: string | undefined;
  readonly now: Date;
}

export interface Restored {
  readonly manifest: Manifest;
  /** Where what was there before lies now; undefined when nothing was. */
  readonly aside: string | undefined;
}

/**
 * Puts the records of a backup in the place of those there, which are kept aside, and the index with them: it was made from
 * other records. All is checked before anything is moved.
 * @throws ConfigError
 */
export async function restoreBackup({ from, dataDir, indexFile, now }: RestoreOptions): Promise<Restored> {
  const manifest = await readManifest(from, indexFile !== undefined);
  refuseNewer(manifest);
  using _data = await openDataDirectory(dataDir, { restoring: true });
  const staged = join(dataDir, 'restoring');
  await rm(staged, { recursive: true, force: true });
  try {
    await stage(manifest, from, staged);
    const aside = await exchange({ dataDir, staged, indexFile, aside: join(dataDir, `before-restore-${stamp(now)}`) });
    return { manifest, aside };
  } finally {
    await rm(staged, { recursive: true, force: true });
  }
}

async function readManifest(from: string, withAccounts: boolean): Promise<Manifest> {
  const file = join(from, MANIFEST);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    throw new ConfigError(`${from} holds no backup: there is no ${MANIFEST}. Give one folder that filmless backup made.`);
  }
  const manifest = parseManifest(text, file);
  const accounts = manifest.files.some(({ path }) => path === 'records/access.db');
  if (withAccounts && !accounts) {
    throw new ConfigError(`The backup ${from} names no accounts. Give the folder of a whole backup.`);
  }
  if (!withAccounts && accounts) {
    throw new ConfigError(
      `The backup ${from} is of a server without PostgreSQL: its accounts and records would not be used. Restore it with --index sqlite:, and move that to PostgreSQL.`,
    );
  }
  return manifest;
}

function refuseNewer({ version, schemas }: Manifest): void {
  const newer = RECORDS.find((name) => (schemas[name] ?? 0) > KNOWN_SCHEMAS[name]);
  if (newer !== undefined) {
    throw new ConfigError(
      `The backup was made by Filmless ${version}: its ${newer}.db has schema version ${schemas[newer]}, this one knows ${KNOWN_SCHEMAS[newer]}. Install that version, and restore with it.`,
    );
  }
}

/** Copies what the manifest names, and checks that the copies are what was backed up. */
async function stage({ files, schemas }: Manifest, from: string, staged: string): Promise<void> {
  for (const { path, bytes, sha256 } of files.filter(({ path: name }) => name !== CONFIG_COPY)) {
    const copy = join(staged, path);
    await mkdir(dirname(copy), { recursive: true, mode: 0o700 });
    try {
      await copySynced(join(from, path), copy);
    } catch (error) {
      throw new ConfigError(`${join(from, path)} cannot be copied (${String(error)}). Nothing was changed.`);
    }
    if ((await stat(copy)).size !== bytes || (await sha256Of(copy)) !== sha256) {
      throw new ConfigError(
        `${join(from, path)} is not the file that was backed up: it was changed or damaged. Take another backup. Nothing was changed.`,
      );
    }
  }
  for (const name of RECORDS) {
    const copy = join(staged, 'records', `${name}.db`);
    if (existsSync(copy) && checkDatabase(copy, join(from, 'records', `${name}.db`)) !== schemas[name]) {
      throw new ConfigError(
        `${name}.db of the backup ${from} has another schema version than its manifest says. Take another backup. Nothing was changed.`,
      );
    }
  }
}

interface Exchange {
  readonly dataDir: string;
  readonly staged: string;
  readonly indexFile: string | undefined;
  readonly aside: string;
}

/** Moves the old away and the new in. A mark stands meanwhile: a power cut in between must not start a server on the half. */
async function exchange({ dataDir, staged, indexFile, aside }: Exchange): Promise<string | undefined> {
  const mark = join(dataDir, RESTORE_MARK);
  await writeFile(mark, `${aside}\n`, { mode: 0o600 });
  await sync(mark);
  await mkdir(aside, { mode: 0o700 });
  const parts = ['records', ...(existsSync(join(staged, 'tls')) ? ['tls'] : [])];
  for (const part of parts) {
    await mkdir(join(staged, part), { recursive: true, mode: 0o700 });
    await rename(join(dataDir, part), join(aside, part));
    await rename(join(staged, part), join(dataDir, part));
  }
  await mkdir(join(aside, 'index'), { mode: 0o700 });
  for (const suffix of indexFile === undefined ? [] : ['', '-wal', '-shm']) {
    if (existsSync(indexFile + suffix)) {
      await moveAside(indexFile + suffix, join(aside, 'index', `index.db${suffix}`));
    }
  }
  await sync(dataDir);
  await rm(mark);
  await sync(dataDir);
  return (await readdir(join(aside, 'records'))).length > 0 ? aside : undefined;
}

/** The index may lie on another disk, and is a cache: there it is given up. */
async function moveAside(file: string, to: string): Promise<void> {
  try {
    await rename(file, to);
  } catch {
    await rm(file);
  }
}
