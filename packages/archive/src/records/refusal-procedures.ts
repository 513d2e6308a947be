import { type Procedure, run } from '@filmless/database';
import type { RefusedInstanceTable } from './tables.ts';
import { db } from './tables.ts';

type NoteRefused = Procedure<
  {
    readonly refused: readonly Omit<RefusedInstanceTable, 'times'>[];
    /** Those from before are let go. */
    readonly before: string;
    /** Of the newest. */
    readonly keep: number;
  },
  void
>;
type ForgetRefused = Procedure<{ readonly uids: readonly string[] }, void>;

/** An instance that is refused again has one line. */
const noteRefused: NoteRefused = function* ({ refused, before, keep }) {
  for (const row of refused) {
    const { sop_instance_uid: _key, ...changed } = row;
    yield* run(
      db
        .insertInto('refused_instance')
        .values({ ...row, times: 1 })
        .onConflict((clash) =>
          clash
            .column('sop_instance_uid')
            .doUpdateSet((column) => ({ ...changed, times: column('refused_instance.times', '+', 1) })),
        ),
    );
  }
  yield* run(db.deleteFrom('refused_instance').where('at', '<', before));
  yield* run(
    db
      .deleteFrom('refused_instance')
      .where('at', '<', (newest) =>
        newest.selectFrom('refused_instance').select('at').orderBy('at', 'desc').offset(keep).limit(1),
      ),
  );
};

const forgetRefused: ForgetRefused = function* ({ uids }) {
  for (const uid of uids) {
    yield* run(db.deleteFrom('refused_instance').where('sop_instance_uid', '=', uid));
  }
};

export const refusalProcedures: { readonly noteRefused: NoteRefused; readonly forgetRefused: ForgetRefused } = {
  noteRefused,
  forgetRefused,
};
