import { type Procedure, run } from '@filmless/database';
import { db, type Tables } from './tables.ts';

export type ContactRow = Tables['contact'];

export interface ContactChanges {
  readonly rows: readonly ContactRow[];
  /** Titles that are forgotten. */
  readonly gone: readonly string[];
}

/** Writes when machines called last. */
export const putContacts: Procedure<ContactChanges, void> = function* ({ rows, gone }) {
  for (const title of gone) {
    yield* run(db.deleteFrom('contact').where('title', '=', title));
  }
  for (const row of rows) {
    const { title: _, ...changed } = row;
    yield* run(
      db
        .insertInto('contact')
        .values(row)
        .onConflict((conflict) => conflict.column('title').doUpdateSet(changed)),
    );
  }
};
