import { type Procedure, run, runFirst } from '@filmless/database';
import type { Insertable } from 'kysely';
import { keepDeliveryTotals } from './receipt-totals.ts';
import { db, type Tables } from './tables.ts';

export type AeRow = Insertable<Tables['ae']>;
export type DestinationRow = Insertable<Tables['destination']>;

/** Takes the configured entities only when none is known; true when it did. */
export const seedAes: Procedure<{ readonly aes: readonly AeRow[] }, boolean> = function* ({ aes }) {
  const known = yield* runFirst(db.selectFrom('ae').select('title').limit(1));
  if (known !== undefined || aes.length === 0) {
    return false;
  }
  for (const ae of aes) {
    yield* run(db.insertInto('ae').values(ae));
  }
  return true;
};

export const putAe: Procedure<AeRow, void> = function* (ae) {
  const { title: _, ...changed } = ae;
  yield* run(
    db
      .insertInto('ae')
      .values(ae)
      .onConflict((conflict) => conflict.column('title').doUpdateSet(changed)),
  );
};

export const deleteAe: Procedure<{ readonly title: string }, boolean> = function* ({ title }) {
  const gone = yield* runFirst(db.deleteFrom('ae').where('title', '=', title).returning('title'));
  return gone !== undefined;
};

/** Takes the configured destinations only when none is known. */
export const seedDestinations: Procedure<{ readonly destinations: readonly DestinationRow[] }, boolean> = function* ({
  destinations,
}) {
  const known = yield* runFirst(db.selectFrom('destination').select('id').limit(1));
  if (known !== undefined || destinations.length === 0) {
    return false;
  }
  for (const destination of destinations) {
    yield* run(db.insertInto('destination').values(destination));
  }
  return true;
};

export const putDestination: Procedure<DestinationRow, void> = function* (destination) {
  const { id: _, ...changed } = destination;
  yield* run(
    db
      .insertInto('destination')
      .values(destination)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(changed)),
  );
};

/** Removes a destination and what it finished; `busy` when deliveries are still open, for nothing is dropped. */
export const deleteDestination: Procedure<{ readonly id: string }, 'deleted' | 'absent' | 'busy'> = function* ({ id }) {
  const open = yield* runFirst(
    db.selectFrom('delivery').select('id').where('destination', '=', id).where('state', '!=', 'done').limit(1),
  );
  if (open !== undefined) {
    return 'busy';
  }
  yield* keepDeliveryTotals({ destination: id });
  yield* run(db.deleteFrom('delivery').where('destination', '=', id));
  const gone = yield* runFirst(db.deleteFrom('destination').where('id', '=', id).returning('id'));
  return gone === undefined ? 'absent' : 'deleted';
};
