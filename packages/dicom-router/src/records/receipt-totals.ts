import { type Procedure, run, runFirst } from '@filmless/database';
import { type Compilable, type RawBuilder, sql } from 'kysely';
import { db } from './tables.ts';

type Steps<R> = Generator<Compilable<unknown>, R, readonly unknown[]>;

/** Rows of one statement: SQLite binds some 32,000 values. */
const ROWS = 1_000;

/** Which finished deliveries are about to be forgotten: those of a destination, or those from before a time. */
type Forgotten = { readonly destination: string } | { readonly before: number };

/** Counts finished deliveries into the totals of their studies, for good: their own lines are about to go. */
export function* keepDeliveryTotals(forgotten: Forgotten): Steps<void> {
  const which = 'before' in forgotten ? sql`finished_at < ${forgotten.before}` : sql`destination = ${forgotten.destination}`;
  yield* run(
    compilable(sql`
      INSERT INTO receipt_total (study_instance_uid, kind, peer, instances, confirmed, last_at)
      SELECT study_instance_uid, 'delivery', destination, count(*), coalesce(sum(commitment = 'confirmed'), 0), max(finished_at)
      FROM delivery WHERE state = 'done' AND finished_at IS NOT NULL AND repeated = 0 AND ${which} GROUP BY study_instance_uid, destination
      ON CONFLICT (study_instance_uid, kind, peer) DO UPDATE SET instances = instances + excluded.instances,
        confirmed = confirmed + excluded.confirmed, last_at = max(last_at, excluded.last_at)`),
  );
}

/** Whether instances of a study were delivered so long ago that only their count is kept. */
export function* hasDeliveryTotal(studyInstanceUid: string, destination: string): Steps<boolean> {
  const total = yield* runFirst(
    db
      .selectFrom('receipt_total')
      .select('instances')
      .where('study_instance_uid', '=', studyInstanceUid)
      .where('kind', '=', 'delivery')
      .where('peer', '=', destination),
  );
  return total !== undefined;
}

/** Counts what was confirmed to machines before a time into the totals; what could not be confirmed keeps its line. */
export const foldCommitted: Procedure<{ readonly before: number; readonly failedBefore: number }, void> = function* ({
  before,
  failedBefore,
}) {
  yield* run(
    compilable(sql`
      INSERT INTO receipt_total (study_instance_uid, kind, peer, instances, confirmed, last_at)
      SELECT study_instance_uid, 'commitment', ae_title, count(*), count(*), max(at)
      FROM committed_instance WHERE failure IS NULL AND at < ${before} GROUP BY study_instance_uid, ae_title
      ON CONFLICT (study_instance_uid, kind, peer) DO UPDATE SET instances = instances + excluded.instances,
        confirmed = confirmed + excluded.confirmed, last_at = max(last_at, excluded.last_at)`),
  );
  yield* run(db.deleteFrom('committed_instance').where('failure', 'is', null).where('at', '<', before));
  yield* run(db.deleteFrom('committed_instance').where('at', '<', failedBefore));
};

/** What was told to a machine about instances of one study. */
export interface CommittedStudy {
  readonly studyInstanceUid: string;
  readonly granted: readonly string[];
  readonly failed: readonly { readonly sopInstanceUid: string; readonly failure: number }[];
}

/** Writes down what a request found, study by study. An instance that is asked for again has the last answer. */
export function* keepCommitted(commitment: number, aeTitle: string, studies: readonly CommittedStudy[], at: number): Steps<void> {
  for (const { studyInstanceUid, granted, failed } of studies) {
    yield* run(
      db
        .insertInto('commitment_study')
        .values({ commitment, study_instance_uid: studyInstanceUid })
        .onConflict((known) => known.doNothing()),
    );
    const rows = [...granted.map((sopInstanceUid) => ({ sopInstanceUid, failure: null })), ...failed].map(
      ({ sopInstanceUid, failure }) => ({
        study_instance_uid: studyInstanceUid,
        sop_instance_uid: sopInstanceUid,
        ae_title: aeTitle,
        failure,
        at,
      }),
    );
    for (let from = 0; from < rows.length; from += ROWS) {
      yield* run(
        db
          .insertInto('committed_instance')
          .values(rows.slice(from, from + ROWS))
          .onConflict((known) =>
            known.columns(['study_instance_uid', 'sop_instance_uid']).doUpdateSet((column) => ({
              ae_title: column.ref('excluded.ae_title'),
              failure: column.ref('excluded.failure'),
              at: column.ref('excluded.at'),
            })),
          ),
      );
    }
  }
}

function compilable(built: RawBuilder<unknown>): Compilable<unknown> {
  return { compile: () => built.compile(db) };
}
