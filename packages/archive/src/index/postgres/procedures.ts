import { type Procedure, run } from '@filmless/database';
import { sql } from 'kysely';
import type { AddArgs, FactArgs, SeriesArgs, StudyArgs } from '../arguments.ts';
import { prepared, type Statement } from '../prepared.ts';
import { procedures as shared } from '../procedures.ts';
import { lockStudy } from '../statements.ts';
import type { SeriesFactColumns, StudyFactColumns } from '../tables.ts';
import { noteState } from './index-state.ts';

/**
 * What a key of a PostgreSQL index takes at most is 2,704 bytes, and a letter up to four: of two values in one key, so many letters each.
 * Headers of a broken sender have longer ones, which are found by no more than their beginning.
 */
const MOST_KEY_LETTERS = 300;

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
      study: args.study === null ? null : keyedStudy(args.study),
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
  return facts === null ? args : { ...args, facts: keyedFacts(facts) };
}

function keyedFacts({ study, series }: FactArgs): FactArgs {
  return { study: keyedStudy(study), series: keyedSeries(series) };
}

function keyedStudy(study: StudyArgs): StudyArgs {
  return { ...study, ...shortened(study, ['patient_id', 'issuer', 'accession_number', 'birth_date']) };
}

function keyedSeries(series: SeriesArgs): SeriesArgs {
  const requests = series.requests.map((request) => ({ ...request, ...shortened(request, ['step_id', 'procedure_id']) }));
  return { ...series, ...shortened(series, ['modality']), requests };
}

type Texts = Partial<StudyFactColumns & SeriesFactColumns & SeriesArgs['requests'][number]>;

function shortened<T extends Texts, K extends keyof T & keyof Texts>(row: T, columns: readonly K[]): Pick<T, K> {
  const short = { ...row };
  for (const column of columns) {
    const value = short[column];
    if (typeof value === 'string' && value.length > MOST_KEY_LETTERS) {
      Object.assign(short, { [column]: value.slice(0, MOST_KEY_LETTERS) });
    }
  }
  return short;
}
