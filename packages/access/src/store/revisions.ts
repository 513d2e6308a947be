import { run } from '@filmless/database';
import type { Compilable } from 'kysely';
import { db } from './tables.ts';

/** What processes remember of this database, and must read again when another changed it. */
export type RevisionName = 'rights' | 'facilities';

/** Says that something was changed; part of the change. */
export function* changed(name: RevisionName): Generator<Compilable<unknown>, void, readonly unknown[]> {
  yield* run(
    db
      .insertInto('revision')
      .values({ name, number: 1 })
      .onConflict((known) => known.column('name').doUpdateSet((column) => ({ number: column('revision.number', '+', 1) }))),
  );
}
