import { ConfigError } from '../config/config-error.ts';

/** The databases that are truth, in the order they are copied: who may do what comes before what was decided. */
export const RECORDS = ['access', 'archive', 'router'] as const;

export type RecordsName = (typeof RECORDS)[number];

/** One file of a backup. */
export interface BackedUpFile {
  /** Below the backup's folder, with slashes: `records/access.db`, `tls/ca.key`, `filmless.yaml`. */
  readonly path: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** What a backup says of itself, in `manifest.json`. */
export interface Manifest {
  readonly format: 1;
  /** Of the Filmless that made it. */
  readonly version: string;
  /** ISO 8601, UTC: what was acknowledged before is in it. */
  readonly createdAt: string;
  /** `user_version` of each database. */
  readonly schemas: Readonly<Partial<Record<RecordsName, number>>>;
  readonly files: readonly BackedUpFile[];
}

export const MANIFEST = 'manifest.json';
export const CONFIG_COPY = 'filmless.yaml';

/** Nothing else is read from a backup, so that no manifest can lead out of its folder. */
const PATH = /^(records\/(access|archive|router)\.db|tls\/[A-Za-z0-9._-]{1,64}|filmless\.yaml)$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** @throws ConfigError when it is none, or of a later kind */
export function parseManifest(text: string, file: string): Manifest {
  const fields = fieldsOf(parseJson(text, file));
  const format = fields.get('format');
  if (typeof format === 'number' && format > 1) {
    throw new ConfigError(`${file} was written by a later Filmless. Install that one, and restore with it.`);
  }
  const version = fields.get('version');
  const createdAt = fields.get('createdAt');
  const files = fields.get('files');
  if (format !== 1 || typeof version !== 'string' || typeof createdAt !== 'string' || !Array.isArray(files)) {
    throw notUnderstood(file);
  }
  return {
    format: 1,
    version,
    createdAt,
    schemas: schemasOf(fields.get('schemas'), file),
    files: files.map((entry: unknown) => fileOf(entry, file)),
  };
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw notUnderstood(file);
  }
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

function schemasOf(value: unknown, file: string): Manifest['schemas'] {
  const fields = fieldsOf(value);
  const schemas: Partial<Record<RecordsName, number>> = {};
  for (const name of RECORDS) {
    const version = fields.get(name);
    if (version !== undefined && !Number.isSafeInteger(version)) {
      throw notUnderstood(file);
    }
    if (typeof version === 'number') {
      schemas[name] = version;
    }
  }
  return schemas;
}

function fileOf(value: unknown, file: string): BackedUpFile {
  const fields = fieldsOf(value);
  const path = fields.get('path');
  const bytes = fields.get('bytes');
  const sha256 = fields.get('sha256');
  const fits = typeof path === 'string' && PATH.test(path) && !path.includes('..');
  if (!fits || typeof bytes !== 'number' || typeof sha256 !== 'string' || !SHA256.test(sha256)) {
    throw notUnderstood(file);
  }
  return { path, bytes, sha256 };
}

function notUnderstood(file: string): ConfigError {
  return new ConfigError(`${file} is no manifest of a Filmless backup, or was damaged. Give the folder of a whole backup.`);
}
