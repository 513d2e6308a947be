import { byEngine, queryBuilder, runFirst } from '@filmless/database';
import type { Compilable, Kysely } from 'kysely';

interface RunTable {
  readonly run: { readonly id: string };
}

/** Where the records keep the runs of processes that are at work, in the same PostgreSQL database. */
const RECORDS_SCHEMA = 'filmless_archive';

const db: Kysely<RunTable> = queryBuilder<RunTable>();

/**
 * Whether the run of an object is not over, and will not be before this transaction has ended: whoever ends it deletes its row, and
 * waits for those that hold it. True where there are no runs; SQLite has one process, whose objects have none.
 */
export function* isAtWork(id: string | null): Generator<Compilable<unknown>, boolean, readonly unknown[]> {
  if (id === null) {
    return true;
  }
  const row = yield* runFirst(
    byEngine({
      sqlite: () => db.selectNoFrom((value) => value.val(id).as('id')),
      postgres: () => db.withSchema(RECORDS_SCHEMA).selectFrom('run').select('id').where('id', '=', id).forKeyShare(),
    }),
  );
  return row !== undefined;
}
