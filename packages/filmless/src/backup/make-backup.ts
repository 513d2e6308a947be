import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import { VERSION } from '../version.ts';
import { copyDatabase } from './databases.ts';
import { copySynced, sha256Of, stamp, sync } from './files.ts';
import { type BackedUpFile, CONFIG_COPY, MANIFEST, type Manifest, RECORDS, type RecordsName } from './manifest.ts';

export interface BackupOptions {
  readonly dataDir: string;
  /** Accounts and the archive's records are on PostgreSQL, which `pg_dump` copies; here is only what lies in files. */
  readonly onPostgres?: boolean;
  /** The configuration file in use, if there is one. */
  readonly configFile: string | undefined;
  /** The folder the backup's own folder is made in. */
  readonly to: string;
  readonly now: Date;
}

export interface Backup {
  readonly folder: string;
  readonly manifest: Manifest;
}

/** What a backup's folder is called; the time is UTC. */
export const BACKUP_NAME: RegExp = /^filmless-backup-\d{8}T\d{6}Z$/;

/**
 * Copies records, certificates and configuration into a new folder, which has its name only once it is whole. It opens the
 * databases itself, in a process of its own: SQLite hands a consistent copy to any process that may read the files, so this needs
 * neither the server nor a credential, and no server can be asked over the network to write files somewhere.
 * @throws ConfigError
 */
export async function makeBackup({ dataDir, onPostgres = false, configFile, to, now }: BackupOptions): Promise<Backup> {
  if (!existsSync(join(dataDir, 'records', onPostgres ? '' : 'access.db'))) {
    throw new ConfigError(`There are no records in ${dataDir}. Give the server's data directory with --data.`);
  }
  const name = `filmless-backup-${stamp(now)}`;
  const folder = join(to, name);
  const partial = join(to, `.${name}.partial`);
  try {
    await mkdir(to, { recursive: true, mode: 0o700 });
    if (existsSync(folder)) {
      throw new ConfigError(`${folder} is there already. Wait a second and try again: no backup is overwritten.`);
    }
    await mkdir(partial, { mode: 0o700 });
  } catch (error) {
    throw notWritten(to, error);
  }
  try {
    const manifest = await fill(partial, dataDir, configFile, now);
    await rename(partial, folder);
    await sync(to);
    return { folder, manifest };
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw notWritten(to, error);
  }
}

async function fill(folder: string, dataDir: string, configFile: string | undefined, now: Date): Promise<Manifest> {
  const schemas = await copyRecords(join(dataDir, 'records'), join(folder, 'records'));
  const tls = await copyFolder(join(dataDir, 'tls'), join(folder, 'tls'));
  if (configFile !== undefined) {
    await copySynced(configFile, join(folder, CONFIG_COPY));
  }
  const paths = [
    ...Object.keys(schemas).map((name) => `records/${name}.db`),
    ...tls.map((name) => `tls/${name}`),
    ...(configFile === undefined ? [] : [CONFIG_COPY]),
  ];
  const files = await Promise.all(paths.map((path) => describe(folder, path)));
  const manifest: Manifest = { format: 1, version: VERSION, createdAt: now.toISOString(), schemas, files };
  await writeFile(join(folder, MANIFEST), `${JSON.stringify(manifest, undefined, 1)}\n`, { mode: 0o600 });
  await sync(join(folder, MANIFEST));
  await sync(folder);
  return manifest;
}

async function copyRecords(from: string, to: string): Promise<Manifest['schemas']> {
  await mkdir(to, { mode: 0o700 });
  const schemas: Partial<Record<RecordsName, number>> = {};
  for (const name of RECORDS) {
    const file = join(from, `${name}.db`);
    if (existsSync(file)) {
      schemas[name] = await copyDatabase(file, join(to, `${name}.db`));
    }
  }
  await sync(to);
  return schemas;
}

async function copyFolder(from: string, to: string): Promise<readonly string[]> {
  const entries = existsSync(from) ? await readdir(from, { withFileTypes: true }) : [];
  const names = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp')).map(({ name }) => name);
  if (names.length > 0) {
    await mkdir(to, { mode: 0o700 });
    await Promise.all(names.map((name) => copySynced(join(from, name), join(to, name))));
    await sync(to);
  }
  return names;
}

async function describe(folder: string, path: string): Promise<BackedUpFile> {
  const file = join(folder, path);
  return { path, bytes: (await stat(file)).size, sha256: await sha256Of(file) };
}

function notWritten(to: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new ConfigError(
        `There is no room for the backup in ${to}. Free some space there, or give another folder with --to.`,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
      return new ConfigError(
        `The backup cannot be written to ${to}, or the data cannot be read (${code}). Run it as the server's user, and give a folder that user may write with --to.`,
      );
    default:
      return error;
  }
}
