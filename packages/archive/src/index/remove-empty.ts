import { run, runFirst } from '@filmless/database';
import type { Compilable } from 'kysely';
import type { FoundInstance } from './arguments.ts';
import { wordsAgain } from './describe-rows.ts';
import * as statements from './statements.ts';
import { deleteWords } from './words.ts';

/** A series that was made for an instance which then did not come to be there, and its study where it has no other. */
export function* removeMade(studyId: number, seriesId: number): Generator<Compilable<unknown>, void, readonly unknown[]> {
  yield* run(statements.deleteEmptySeries({ id: seriesId }));
  const removed = yield* runFirst(statements.deleteEmptyStudy({ id: studyId }));
  if (removed !== undefined) {
    yield* run(deleteWords({ id: removed.id }));
    return;
  }
  yield* run(statements.gatherModalities({ study_id: studyId }));
  yield* wordsAgain(studyId);
}

/** After an instance was deleted: its series and study go where they are empty, and are counted anew otherwise. */
export function* removeEmpty(old: FoundInstance): Generator<Compilable<unknown>, void, readonly unknown[]> {
  const before = yield* runFirst(statements.findSeries({ study: old.study_instance_uid, series: old.series_instance_uid }));
  const id = before?.id ?? old.study_id;
  yield* run(statements.countStudy({ id, sign: -1 }));
  yield* run(statements.deleteEmptySeries({ id: old.series_id }));
  const removed = yield* runFirst(statements.deleteEmptyStudy({ id }));
  if (removed !== undefined) {
    yield* run(deleteWords({ id: removed.id }));
    yield* run(statements.deleteLonelyPatients({ id: removed.patient }));
    return;
  }
  yield* run(statements.gatherModalities({ study_id: id }));
  yield* wordsAgain(id);
  yield* run(statements.recountSeries({ study_id: id }));
  yield* run(statements.recountStudy({ id }));
  yield* run(statements.countStudy({ id, sign: 1 }));
}
