import { type Procedure, run, runFirst } from '@filmless/database';
import type { Insertable } from 'kysely';
import { db, type Tables } from './tables.ts';

type AssociationRow = Insertable<Tables['association']>;
type TroubleRow = Insertable<Tables['trouble']>;

/** One association, ended or refused, and what went wrong with it. */
export interface LoggedAssociation {
  readonly row: Omit<AssociationRow, 'id' | 'trouble'>;
  /** The first names the association in the log. */
  readonly troubles: readonly LoggedTrouble[];
}

export type LoggedTrouble = Pick<TroubleRow, 'cause' | 'facts' | 'scope' | 'distinct_by' | 'detail'>;

interface LogBounds {
  /** Lines of the log. */
  readonly keep: number;
  /** Lines of one trouble: a machine that tries every second must not push out the others. */
  readonly keepAlike: number;
  readonly troubles: number;
  readonly troublesPerAddress: number;
}

interface LogEntries extends LogBounds {
  readonly associations: readonly LoggedAssociation[];
}

/** Appends lines, counts what went wrong, notes what goes well again, and lets go of the oldest beyond the bounds. */
export const logAssociations: Procedure<LogEntries, void> = function* ({ associations, ...bounds }) {
  for (const { row, troubles } of associations) {
    let trouble: number | null = null;
    for (const logged of troubles) {
      const id: number = yield* noteTrouble(row, logged);
      trouble ??= id;
    }
    yield* run(db.insertInto('association').values({ ...row, trouble }));
    yield* settle(row, troubles);
    if (trouble !== null) {
      yield* forgetAlike(trouble, bounds.keepAlike);
    }
  }
  yield* forget(bounds);
};

type Step<R> = Generator<Parameters<typeof run>[0], R, readonly unknown[]>;

function* noteTrouble(row: LoggedAssociation['row'], logged: LoggedTrouble): Step<number> {
  const { at, direction, address, port, secure, purpose, destination, association, called_ae } = row;
  const title = titleOf(row);
  const seen = { ...logged, called_ae, port, secure, purpose, destination, association, last_at: at, settled_at: null };
  const noted = yield* runFirst(
    db
      .insertInto('trouble')
      .values({ direction, title, address, first_at: at, times: 1, ...seen })
      .onConflict((conflict) =>
        conflict
          .columns(['direction', 'title', 'address', 'cause', 'distinct_by'])
          .doUpdateSet((column) => ({ ...seen, times: column('trouble.times', '+', 1) })),
      )
      .returning('id'),
  );
  return noted?.id ?? 0;
}

/** The title of the peer. */
function titleOf({ direction, calling_ae, called_ae }: LoggedAssociation['row']): string {
  return direction === 'in' ? calling_ae : called_ae;
}

/** What is no longer wrong: an association came to be, and, for operations, those of the kind succeeded. */
function* settle(row: LoggedAssociation['row'], troubles: readonly LoggedTrouble[]): Step<void> {
  if (row.outcome === 'refused') {
    return;
  }
  const still = troubles.map(({ cause }) => cause);
  const worked: readonly TroubleRow['scope'][] =
    row.stored > 0 && row.failed === 0 ? ['association', 'operation'] : ['association'];
  let settled = db
    .updateTable('trouble')
    .set({ settled_at: row.at })
    .where('direction', '=', row.direction)
    .where('address', '=', row.address)
    .where('title', 'in', [titleOf(row), ''])
    .where('settled_at', 'is', null)
    .where('scope', 'in', worked);
  settled = still.length === 0 ? settled : settled.where('cause', 'not in', still);
  yield* run(settled);
}

function* forgetAlike(trouble: number, keep: number): Step<void> {
  const kept = db.selectFrom('association').select('id').where('trouble', '=', trouble).orderBy('id', 'desc').limit(keep);
  yield* run(db.deleteFrom('association').where('trouble', '=', trouble).where('id', 'not in', kept));
}

function* forget({ keep, troubles, troublesPerAddress }: LogBounds): Step<void> {
  yield* run(
    db
      .deleteFrom('association')
      .where('id', '<=', (newest) =>
        newest.selectFrom('association').select((column) => column(column.fn.max('id'), '-', keep).as('limit')),
      ),
  );
  const crowded = yield* run(
    db
      .selectFrom('trouble')
      .select(['direction', 'address'])
      .groupBy(['direction', 'address'])
      .having((column) => column.fn.countAll(), '>', troublesPerAddress),
  );
  for (const { direction, address } of crowded) {
    const ofAddress = db.selectFrom('trouble').select('id').where('direction', '=', direction).where('address', '=', address);
    const kept = ofAddress.orderBy('last_at', 'desc').orderBy('id', 'desc').limit(troublesPerAddress);
    yield* run(
      db.deleteFrom('trouble').where('direction', '=', direction).where('address', '=', address).where('id', 'not in', kept),
    );
  }
  const kept = db.selectFrom('trouble').select('id').orderBy('last_at', 'desc').orderBy('id', 'desc').limit(troubles);
  yield* run(db.deleteFrom('trouble').where('id', 'not in', kept));
}

/** False when it is gone already. */
export const deleteTrouble: Procedure<{ readonly id: number }, boolean> = function* ({ id }) {
  const gone = yield* runFirst(db.deleteFrom('trouble').where('id', '=', id).returning('id'));
  return gone !== undefined;
};
