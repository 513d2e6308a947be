import { type Procedure, run } from '@filmless/database';
import { sql } from 'kysely';
import type { AddArgs, SeriesArgs } from '../arguments.ts';
import { prepared, type Statement } from '../prepared.ts';
import { procedures as shared } from '../procedures.ts';
import { lockStudy } from '../statements.ts';
import { noteState } from './index-state.ts';
import { keyedRow } from './keyed.ts';

interface Uids {
  readonly instance: string;
  readonly study: string;
}

/** The study of an instance and the one it is to come to, always in the same order. */
const lockBoth: Statement<Uids, unknown> = prepared(
  (value) => sql`
    SELECT id FROM study WHERE study_instance_uid = ${value('study')} OR id IN (
      SELECT series.study_id FROM instance JOIN series ON series.id = instance.series_id WHERE sop_instance_uid = ${value('instance')})
    ORDER BY study_instance_uid FOR NO KEY UPDATE`,
);

/**
 * The procedures of the index under the lock of the study's row: of several processes that change one study, each sees what the others
 * did. NOTE: statements behind a lock see what was committed before it was taken, so the lock is a statement of its own.
 */
function locking<A extends { readonly study_instance_uid: string }, R>(procedure: Procedure<A, R>): Procedure<A, R> {
  return function* (args) {
    yield* run(lockStudy({ study: args.study_instance_uid }));
    return yield* procedure(args);
  };
}

export const procedures: typeof shared & { readonly noteState: typeof noteState } = {
  ...shared,
  noteState,
  add: locking((args) => shared.add(keyed(args))),
  *replace(args) {
    yield* run(lockBoth({ instance: args.sop_instance_uid, study: args.add.study_instance_uid }));
    return yield* shared.replace({ ...args, add: keyed(args.add) });
  },
  describe: locking((args) =>
    shared.describe({
      ...args,
      study: args.study === null ? null : keyedRow(args.study),
      series: args.series === null ? null : keyedSeries(args.series),
    }),
  ),
  setReach: locking(shared.setReach),
  removeReach: locking(shared.removeReach),
  setConflicts: locking(shared.setConflicts),
  removeStudy: locking(shared.removeStudy),
  takeOut: locking(shared.takeOut),
};

function keyed(args: AddArgs): AddArgs {
  const { facts } = args;
  return facts === null ? args : { ...args, facts: { study: keyedRow(facts.study), series: keyedSeries(facts.series) } };
}

function keyedSeries(series: SeriesArgs): SeriesArgs {
  return { ...keyedRow(series), requests: series.requests.map(keyedRow) };
}
