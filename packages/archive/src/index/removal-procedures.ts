import { type Procedure, run, runFirst } from '@filmless/database';
import { sql } from 'kysely';
import { textsOf } from './either.ts';
import { prepared, type Statement } from './prepared.ts';
import { countStudy, deleteLonelyPatients, findSeries } from './statements.ts';
import { deleteWords } from './words.ts';

interface Id {
  readonly id: number;
}

interface Study extends Id {
  /** JSON array. */
  readonly keys: string;
}

/** An instance of a study that has another object than those named, or an open conflict. */
const unnamed: Statement<Study, Id> = prepared(
  (value) => sql`
    SELECT instance.id FROM series JOIN instance ON instance.series_id = series.id
    WHERE series.study_id = ${value('id')} AND instance.object_key NOT IN (${textsOf(value('keys'))})
    UNION ALL SELECT id FROM study WHERE id = ${value('id')} AND conflict_count > 0
    LIMIT 1`,
);

const noteRemoved: Statement<Id, unknown> = prepared(
  (value) => sql`
    INSERT INTO removed_object (object_key, study_instance_uid, facility, bytes)
    SELECT instance.object_key, study.study_instance_uid, study.facility, instance.size
    FROM study JOIN series ON series.study_id = study.id JOIN instance ON instance.series_id = series.id
    WHERE study.id = ${value('id')}`,
);

const deleteInstances: Statement<Id, unknown> = prepared(
  (value) => sql`DELETE FROM instance WHERE series_id IN (SELECT id FROM series WHERE study_id = ${value('id')})`,
);

const deleteSeries: Statement<Id, unknown> = prepared((value) => sql`DELETE FROM series WHERE study_id = ${value('id')}`);

const deleteStudy: Statement<Id, { readonly patient: number | null }> = prepared(
  (value) => sql`DELETE FROM study WHERE id = ${value('id')} RETURNING patient`,
);

const deleteRemoved: Statement<{ readonly keys: string }, unknown> = prepared(
  (value) => sql`DELETE FROM removed_object WHERE object_key IN (${textsOf(value('keys'))})`,
);

/**
 * Takes a study out and notes its objects as to be deleted, in one step. False, and nothing is done, when it is not there, has an
 * instance beside those named, or an open conflict.
 */
export const removeStudy: Procedure<{ readonly study_instance_uid: string; readonly object_keys: readonly string[] }, boolean> =
  function* ({ study_instance_uid, object_keys }) {
    const study = yield* runFirst(findSeries({ study: study_instance_uid, series: '' }));
    if (study === undefined) {
      return false;
    }
    const { id } = study;
    if ((yield* runFirst(unnamed({ id, keys: JSON.stringify(object_keys) }))) !== undefined) {
      return false;
    }
    yield* run(countStudy({ id, sign: -1 }));
    yield* run(noteRemoved({ id }));
    yield* run(deleteInstances({ id }));
    yield* run(deleteSeries({ id }));
    const removed = yield* runFirst(deleteStudy({ id }));
    yield* run(deleteWords({ id }));
    yield* run(deleteLonelyPatients({ id: removed?.patient ?? null }));
    return true;
  };

/** Their objects are deleted. */
export const forgetRemoved: Procedure<{ readonly object_keys: readonly string[] }, void> = function* ({ object_keys }) {
  yield* run(deleteRemoved({ keys: JSON.stringify(object_keys) }));
};
