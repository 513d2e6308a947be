import { openPostgres, openSqlite } from '@filmless/database';
import type { ArchiveLimits } from '../core/limits.ts';
import type { procedures } from './procedures.ts';
import { SqlIndex } from './sql-index.ts';

interface IndexOptions {
  readonly limits: ArchiveLimits;
  readonly readers?: number;
}

/**
 * Opens the index in one SQLite file.
 * @throws DatabaseError `newer-schema`, `corrupt`
 */
export async function openSqliteIndex({ file, limits, ...options }: IndexOptions & { readonly file: string }): Promise<SqlIndex> {
  const schema = new URL('./schema.ts', import.meta.url);
  const database = await openSqlite<typeof procedures>({ file, schema, busy: true, copies: 0, ...options });
  return new SqlIndex(database, limits, 'sqlite');
}

export interface PostgresIndexOptions extends IndexOptions {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. */
  readonly url: string;
  /** Told when the server is not there yet, and is waited for. */
  readonly onWaiting?: (reason: string) => void;
}

/** Connections that store: each commits on its own, with what waits together. */
const WRITERS = 4;

/**
 * Opens the index in PostgreSQL's schema `filmless_index`, beside whatever other processes have it open.
 * @throws DatabaseError `newer-schema`, `away`, `failed`
 */
export async function openPostgresIndex({ limits, ...options }: PostgresIndexOptions): Promise<SqlIndex> {
  const schema = new URL('./postgres/schema.ts', import.meta.url);
  const database = await openPostgres<typeof procedures>({
    ...options,
    name: 'filmless_index',
    schema,
    isolation: 'read committed',
    writers: WRITERS,
  });
  return new SqlIndex(database, limits, 'postgres');
}
