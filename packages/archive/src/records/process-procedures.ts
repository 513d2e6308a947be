import { type Procedure, run, runFirst } from '@filmless/database';
import { db } from './tables.ts';

interface Beat {
  readonly id: string;
  readonly seen_until: string;
}

interface Lock {
  readonly name: string;
  readonly run: string;
}

type BeginRun = Procedure<Beat, void>;
type BeatRun = Procedure<Beat, boolean>;
/** `beat`: only when it is still that. */
type EndRun = Procedure<{ readonly id: string; readonly beat: number | null }, void>;
type ForgetRun = Procedure<{ readonly id: string }, void>;
type Claim = Procedure<Lock, boolean>;
type Release = Procedure<Lock, void>;
type Tell = Procedure<{ readonly run: string; readonly sequence: number; readonly text: string; readonly from: number }, void>;

/** What ended runs told and held is of no use to anybody. */
const beginRun: BeginRun = function* ({ id, seen_until }) {
  yield* run(db.insertInto('run').values({ id, beat: 1, seen_until }));
  const known = db.selectFrom('run').select('id').union(db.selectFrom('ended_run').select('id'));
  yield* run(db.deleteFrom('news').where('run', 'not in', known));
  yield* run(db.deleteFrom('claim').where('run', 'not in', db.selectFrom('run').select('id')));
};

const beatRun: BeatRun = function* ({ id, seen_until }) {
  const row = yield* runFirst(
    db
      .updateTable('run')
      .set((column) => ({ beat: column('beat', '+', 1), seen_until }))
      .where('id', '=', id)
      .returning('id'),
  );
  return row !== undefined;
};

/**
 * NOTE: the row of a run goes, so that a store that looks at it in its own transaction is either committed before, and seen by whoever
 * takes over, or finds none.
 */
const endRun: EndRun = function* ({ id, beat }) {
  const one = db.deleteFrom('run').where('id', '=', id);
  const ended = yield* runFirst((beat === null ? one : one.where('beat', '=', beat)).returning('seen_until'));
  if (ended !== undefined) {
    yield* run(db.insertInto('ended_run').values({ id, seen_until: ended.seen_until }));
  }
};

const forgetRun: ForgetRun = function* ({ id }) {
  yield* run(db.deleteFrom('ended_run').where('id', '=', id));
};

const claim: Claim = function* (lock) {
  const own = yield* runFirst(db.selectFrom('run').select('id').where('id', '=', lock.run));
  if (own === undefined) {
    return false;
  }
  const taken = yield* runFirst(
    db
      .insertInto('claim')
      .values(lock)
      .onConflict((held) =>
        held
          .column('name')
          .doUpdateSet({ run: lock.run })
          .where((held_by) =>
            held_by.or([held_by('claim.run', '=', lock.run), held_by('claim.run', 'not in', db.selectFrom('run').select('id'))]),
          ),
      )
      .returning('name'),
  );
  return taken !== undefined;
};

const release: Release = function* ({ name, run: holder }) {
  yield* run(db.deleteFrom('claim').where('name', '=', name).where('run', '=', holder));
};

const tell: Tell = function* ({ run: teller, sequence, text, from }) {
  yield* run(db.insertInto('news').values({ run: teller, sequence, changes: text }));
  yield* run(db.deleteFrom('news').where('run', '=', teller).where('sequence', '<', from));
};

export const processProcedures: {
  readonly beginRun: BeginRun;
  readonly beatRun: BeatRun;
  readonly endRun: EndRun;
  readonly forgetRun: ForgetRun;
  readonly claim: Claim;
  readonly release: Release;
  readonly tell: Tell;
} = { beginRun, beatRun, endRun, forgetRun, claim, release, tell };
