import { type Procedure, run } from '@filmless/database';
import { db, type Tables } from './tables.ts';

export type ContactRow = Tables['contact'];

/** Writes when machines called last; lets go of those that called longest ago beyond `keep`. */
export const putContacts: Procedure<{ readonly rows: readonly ContactRow[]; readonly keep: number }, void> = function* ({
  rows,
  keep,
}) {
  for (const row of rows) {
    const { title: _, ...changed } = row;
    yield* run(
      db
        .insertInto('contact')
        .values(row)
        .onConflict((conflict) => conflict.column('title').doUpdateSet(changed)),
    );
  }
  const kept = db.selectFrom('contact').select('title').orderBy('last_at', 'desc').limit(keep);
  yield* run(db.deleteFrom('contact').where('title', 'not in', kept));
};
