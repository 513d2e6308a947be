import { type Procedure, run } from '@filmless/database';
import type { Insertable } from 'kysely';
import { db, type Tables } from './tables.ts';

export type AssociationRow = Insertable<Tables['association']>;

/** Appends lines and lets go of the oldest beyond `keep`. */
export const logAssociations: Procedure<{ readonly rows: readonly AssociationRow[]; readonly keep: number }, void> = function* ({
  rows,
  keep,
}) {
  for (const row of rows) {
    yield* run(db.insertInto('association').values(row));
  }
  yield* run(
    db
      .deleteFrom('association')
      .where('id', '<=', (newest) =>
        newest.selectFrom('association').select((column) => column(column.fn.max('id'), '-', keep).as('limit')),
      ),
  );
};
