import { type Procedure, run, runFirst } from '@filmless/database';
import type {
  AddArgs,
  AddResult,
  DescribeArgs,
  FactArgs,
  FoundInstance,
  InstanceArgs,
  ReachArgs,
  ReplaceArgs,
} from './arguments.ts';
import { packText } from './codec.ts';
import { describeSeries, describeStudy, insertSeries, insertStudy, wordsAgain } from './describe-rows.ts';
import { forgetProgressive, noteProgressive } from './progressive-forms.ts';
import { forgetRemoved, removeStudy } from './removal-procedures.ts';
import { removeEmpty, removeMade } from './remove-empty.ts';
import { isAtWork } from './run-fence.ts';
import { claimSeries, postpone, settle, workAgain } from './series-procedures.ts';
import { insertWork, unsettleSeries } from './series-statements.ts';
import * as statements from './statements.ts';
import { takeOut } from './take-out.ts';

type Add = Procedure<AddArgs, AddResult>;
type Replace = Procedure<ReplaceArgs, boolean>;
type Describe = Procedure<DescribeArgs, void>;
type SetReach = Procedure<ReachArgs, boolean>;
type RemoveReach = Procedure<Omit<ReachArgs, 'owner' | 'expires_at'>, void>;
type LeaveOut = Procedure<{ readonly object_key: string; readonly reason: string }, void>;
type SetConflicts = Procedure<{ readonly study_instance_uid: string; readonly open: number }, void>;

/** Finds out what an instance is to those that are kept, and inserts it when it is new. */
const add: Add = function* (args) {
  if (!(yield* isAtWork(args.run))) {
    return { status: 'run-over' };
  }
  const { facts, instance } = args;
  const known = yield* runFirst(statements.findSeries({ study: args.study_instance_uid, series: args.series_instance_uid }));
  const knownSeries = known?.series_id ?? undefined;
  const foreign = known !== undefined && known.facility !== args.facility;
  if (foreign || knownSeries === undefined) {
    // A new series is not made for an instance that turns out to be known.
    const other = yield* runFirst(statements.findInstance({ uid: instance.sop_instance_uid }));
    if (foreign) {
      // What a third facility has under that UID is none of the owner's business.
      return { status: 'foreign', owner: known.facility, existing: other?.facility === known.facility ? other : null };
    }
    if (other !== undefined) {
      return compare(other, args);
    }
  }
  const describesSeries = isEarlier(instance, known?.series_described_at, known?.series_described_by);
  const describesStudy = isEarlier(instance, known?.described_at, known?.described_by);
  if (facts === null && (describesSeries || describesStudy)) {
    return { status: 'undescribed' };
  }
  const studyId = known?.id ?? (yield* insertStudy(needed(facts).study, args));
  if (studyId === undefined) {
    return yield* add(args);
  }
  const seriesId = knownSeries ?? (yield* insertSeries(studyId, needed(facts).series, args, known === undefined));
  const row = yield* runFirst(statements.insertInstance({ ...instance, series_id: seriesId }));
  if (row?.object_key !== instance.object_key) {
    const other = yield* runFirst(statements.findInstance({ uid: instance.sop_instance_uid }));
    if (other === undefined) {
      throw new Error('an instance was neither inserted nor there');
    }
    // On PostgreSQL another process has just put it in elsewhere: what was made for it here goes again.
    if (knownSeries === undefined) {
      yield* removeMade(studyId, seriesId);
    }
    return compare(other, args);
  }
  yield* run(statements.insertHeader({ id: row.id, header: packText(args.header), layout: packText(args.layout) }));
  yield* run(statements.countInSeries({ id: seriesId, frames: instance.frame_count }));
  yield* run(insertWork({ id: seriesId, due_at: instance.received_at }));
  const studyCounts = studyCount(studyId, instance, knownSeries === undefined);
  yield* run(statements.countInStudy(studyCounts));
  yield* run(statements.count({ ...studyCounts, facility: args.facility, studies: known === undefined ? 1 : 0, instances: 1 }));
  if (knownSeries !== undefined && describesSeries) {
    yield* describeSeries(studyId, knownSeries, needed(facts).series, instance);
  }
  if (known !== undefined && describesStudy) {
    yield* describeStudy(studyId, needed(facts).study, instance);
  }
  return { status: 'new', newStudy: known === undefined };
};

function studyCount(id: number, instance: InstanceArgs, newSeries: boolean): Parameters<typeof statements.countInStudy>[0] {
  return { id, series: newSeries ? 1 : 0, bytes: instance.size, at: instance.received_at, verified: instance.verified };
}

/** What an object is to the one that has its SOP Instance UID. */
function compare(other: FoundInstance, args: AddArgs): AddResult {
  if (other.facility !== args.facility) {
    return { status: 'foreign', owner: other.facility, existing: other };
  }
  if (other.sha256 === args.instance.sha256) {
    return { status: 'identical' };
  }
  return { status: 'different', owner: other.facility, existing: other };
}

/** Whether the facts of a study or series are to be taken from this instance: they are from the one received first. */
function isEarlier(instance: InstanceArgs, at: string | null | undefined, by: string | null | undefined): boolean {
  if (at === null || at === undefined) {
    return true;
  }
  return instance.received_at < at || (instance.received_at === at && instance.sop_instance_uid < (by ?? ''));
}

/** Asked for only where they were found to be needed before anything was changed. */
function needed(facts: FactArgs | null): FactArgs {
  if (facts === null) {
    throw new Error('the facts of a study were left out');
  }
  return facts;
}

/** False when the instance to give way is no longer the one that is kept. */
const replace: Replace = function* (args) {
  const old = yield* runFirst(statements.findInstance({ uid: args.sop_instance_uid }));
  if (old === undefined || old.object_key !== args.object_key) {
    return false;
  }
  yield* run(statements.deleteInstance({ id: old.id }));
  const added = yield* add(args.add);
  if (added.status !== 'new') {
    throw new Error(`the instance to put in place is ${added.status}`);
  }
  yield* unsettleSeries({ id: old.series_id, due_at: args.add.instance.received_at });
  yield* removeEmpty(old);
  return true;
};

const describe: Describe = function* (args) {
  const known = yield* runFirst(statements.findSeries({ study: args.study_instance_uid, series: args.series_instance_uid }));
  if (known === undefined) {
    return;
  }
  if (args.series !== null && known.series_id !== null) {
    yield* describeSeries(known.id, known.series_id, args.series, args.by);
  }
  if (args.study !== null) {
    yield* describeStudy(known.id, args.study, args.by);
  }
};

const setReach: SetReach = function* (args) {
  const study = yield* runFirst(statements.findSeries({ study: args.study_instance_uid, series: '' }));
  if (study === undefined || study.facility !== args.owner) {
    return false;
  }
  yield* run(statements.setReach({ study_id: study.id, facility: args.facility, expires_at: args.expires_at }));
  yield* wordsAgain(study.id);
  return true;
};

const removeReach: RemoveReach = function* (args) {
  const study = yield* runFirst(statements.findSeries({ study: args.study_instance_uid, series: '' }));
  if (study !== undefined) {
    yield* run(statements.removeReach({ study: args.study_instance_uid, facility: args.facility }));
    yield* wordsAgain(study.id);
  }
};

const setConflicts: SetConflicts = function* (args) {
  yield* run(statements.setConflicts({ study: args.study_instance_uid, open: args.open }));
};

const leaveOut: LeaveOut = function* (args) {
  yield* run(statements.insertLeftOut({ key: args.object_key, reason: args.reason }));
};

export const procedures: {
  readonly add: Add;
  readonly replace: Replace;
  readonly describe: Describe;
  readonly setReach: SetReach;
  readonly removeReach: RemoveReach;
  readonly setConflicts: SetConflicts;
  readonly leaveOut: LeaveOut;
  readonly removeStudy: typeof removeStudy;
  readonly forgetRemoved: typeof forgetRemoved;
  readonly claimSeries: typeof claimSeries;
  readonly settle: typeof settle;
  readonly postpone: typeof postpone;
  readonly workAgain: typeof workAgain;
  readonly noteProgressive: typeof noteProgressive;
  readonly forgetProgressive: typeof forgetProgressive;
  readonly takeOut: typeof takeOut;
} = {
  add,
  replace,
  describe,
  setReach,
  removeReach,
  setConflicts,
  leaveOut,
  removeStudy,
  forgetRemoved,
  claimSeries,
  settle,
  postpone,
  workAgain,
  noteProgressive,
  forgetProgressive,
  takeOut,
};
