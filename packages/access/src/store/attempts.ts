import { type Procedure, run, runFirst } from '@filmless/database';
import { type AttemptKind, FORGET_MS, failedAgain, waitOf } from '../identity/attempt-rules.ts';
import { db } from './tables.ts';

interface AttemptKey {
  readonly kind: AttemptKind;
  /** Hashed. */
  readonly key: string;
}

/** Counts an attempt, unless it has to wait: then gives the milliseconds. */
export const beginAttempt: Procedure<{ readonly keys: readonly AttemptKey[]; readonly now: number }, number> = function* ({
  keys,
  now,
}) {
  yield* run(db.deleteFrom('attempt').where('last', '<', now - FORGET_MS));
  const counts = [];
  for (const { kind, key } of keys) {
    const query = db.selectFrom('attempt').select(['failures', 'last']).where('kind', '=', kind).where('key', '=', key);
    counts.push({ kind, key, count: yield* runFirst(query) });
  }
  const wait = Math.max(...counts.map(({ kind, count }) => waitOf(kind, count, now)));
  if (wait > 0) {
    return wait;
  }
  for (const { kind, key, count } of counts) {
    const next = failedAgain(count, now);
    yield* run(
      db
        .insertInto('attempt')
        .values({ kind, key, ...next })
        .onConflict((known) => known.columns(['kind', 'key']).doUpdateSet(next)),
    );
  }
  return 0;
};

/** It was no failure. One valid account must not clear the way for guessing at others. */
export const endAttempt: Procedure<{ readonly keys: readonly AttemptKey[] }, void> = function* ({ keys }) {
  for (const { kind, key } of keys) {
    if (kind === 'address') {
      yield* run(
        db
          .updateTable('attempt')
          .set((column) => ({ failures: column('failures', '-', 1) }))
          .where('kind', '=', kind)
          .where('key', '=', key)
          .where('failures', '>', 0),
      );
    } else {
      yield* run(db.deleteFrom('attempt').where('kind', '=', kind).where('key', '=', key));
    }
  }
};
