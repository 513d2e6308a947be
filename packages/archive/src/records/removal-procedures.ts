import { type Procedure, run } from '@filmless/database';
import { db, type RemovedStudyTable } from './tables.ts';

type NoteRemoved = Procedure<{ readonly removed: RemovedStudyTable; readonly forget_before: string }, void>;

const noteRemoved: NoteRemoved = function* ({ removed, forget_before }) {
  yield* run(
    db
      .insertInto('removed_study')
      .values(removed)
      .onConflict((known) =>
        known.column('study_instance_uid').doUpdateSet((column) => ({
          facility: removed.facility,
          at: removed.at,
          instances: column('removed_study.instances', '+', removed.instances),
          bytes: column('removed_study.bytes', '+', removed.bytes),
        })),
      ),
  );
  yield* run(db.deleteFrom('removed_study').where('at', '<', forget_before));
};

export const removalProcedures: { readonly noteRemoved: NoteRemoved } = { noteRemoved };
