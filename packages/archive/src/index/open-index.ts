import { openPostgres, openSqlite } from '@filmless/database';
import { ArchiveError } from '../core/errors.ts';
import type { ArchiveLimits } from '../core/limits.ts';
import { indexState } from './postgres/index-state.ts';
import type { procedures as postgresProcedures } from './postgres/procedures.ts';
import type { procedures } from './procedures.ts';
import { SqlIndex } from './sql-index.ts';

/** PostgreSQL's schema. */
const INDEX_SCHEMA = 'filmless_index';

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

/**
 * What is read is led by an index to the few rows of a page, in their order. NOTE: how few the planner cannot know of words that go together, and what it takes
 * for many it would gather and sort first.
 */
export const LED_BY_INDEX: Readonly<Record<string, string>> = {
  enable_seqscan: 'off',
  enable_sort: 'off',
  enable_hashjoin: 'off',
  enable_hashagg: 'off',
  enable_bitmapscan: 'off',
  enable_material: 'off',
  max_parallel_workers_per_gather: '0',
  // Worth it for what costs much, which is what the planner says of all that it was told not to do.
  jit: 'off',
};

interface PostgresIndexOptions extends IndexOptions {
  /** `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. */
  readonly url: string;
  /** Told when the server is not there yet, and is waited for. */
  readonly onWaiting?: (reason: string) => void;
  /** Fills an index that was never made. Of several processes at once each is asked: whoever is second must find it done. */
  readonly make?: (index: SqlIndex) => Promise<void>;
}

/** Connections that store: each commits on its own, with what waits together. */
const WRITERS = 4;

/**
 * Opens the index in PostgreSQL's schema `filmless_index`, beside whatever other processes have it open.
 * @throws DatabaseError `newer-schema`, `away`, `failed`; ArchiveError `invalid-request` where a move into it has not come to its end
 */
export async function openPostgresIndex({ limits, make, ...options }: PostgresIndexOptions): Promise<SqlIndex> {
  await using stack = new AsyncDisposableStack();
  const database = stack.use(
    await openPostgres<typeof postgresProcedures>({
      ...options,
      name: INDEX_SCHEMA,
      schema: new URL('./postgres/schema.ts', import.meta.url),
      isolation: 'read committed',
      writers: WRITERS,
      planner: LED_BY_INDEX,
    }),
  );
  const index = new SqlIndex(database, limits, 'postgres');
  const [found] = await database.read(indexState());
  if (found?.state === 'moving') {
    throw new ArchiveError(
      'invalid-request',
      'a move of an archive into this PostgreSQL database has not come to its end: run filmless migrate-index again',
    );
  }
  if (found?.state === 'new') {
    await make?.(index);
    await database.write('noteState', { state: 'made' });
  }
  stack.move();
  return index;
}
