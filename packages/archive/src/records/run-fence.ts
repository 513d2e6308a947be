import { byEngine, queryBuilder, runFirst } from '@filmless/database';
import type { Compilable, Kysely } from 'kysely';
import type { ProcessTables } from './process-tables.ts';

/** PostgreSQL's schema that holds the records: other databases of the server look at its runs in their own transactions. */
export const RECORDS_SCHEMA = 'filmless_archive';

const db: Kysely<Pick<ProcessTables, 'run'>> = queryBuilder<Pick<ProcessTables, 'run'>>();

/**
 * Whether a run is not over, and will not be before this transaction has ended: whoever ends it deletes its row, and waits for those
 * that hold it. True where there are no runs.
 */
export function* isAtWork(id: string | null): Generator<Compilable<unknown>, boolean, readonly unknown[]> {
  if (id === null) {
    return true;
  }
  const row = yield* runFirst(
    byEngine({
      sqlite: () => db.selectFrom('run').select('id').where('id', '=', id),
      postgres: () => db.withSchema(RECORDS_SCHEMA).selectFrom('run').select('id').where('id', '=', id).forKeyShare(),
    }),
  );
  return row !== undefined;
}
