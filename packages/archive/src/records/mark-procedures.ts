import { type Procedure, run, runFirst } from '@filmless/database';
import type { MergedMarks } from '../core/marks/mark-records.ts';
import { mergeMarks } from '../core/marks/merge-marks.ts';
import type { Mark } from '../core/marks/model.ts';
import type { MarkTable } from './mark-tables.ts';
import { HOLDING } from './rejection-tables.ts';
import { db } from './tables.ts';

type Owned = Pick<MarkTable, 'study_instance_uid' | 'facility'>;
type MergeMarks = Procedure<Owned & { readonly marks: readonly Mark[]; readonly most: number }, MergedMarks | 'too-many'>;
type ForgetMarks = Procedure<Owned & { readonly rejection: string }, void>;

const mergeAll: MergeMarks = function* ({ study_instance_uid, facility, marks, most }) {
  // NOTE: first of all: changes of one study come one after the other, so that nobody who has read up to a position misses one before it.
  const study = yield* runFirst(
    db
      .insertInto('marked_study')
      .values({ study_instance_uid, facility, position: 0, marks: 0 })
      .onConflict((known) =>
        known
          .columns(['study_instance_uid', 'facility'])
          .doUpdateSet((column) => ({ position: column('marked_study.position', '+', 0) })),
      )
      .returning(['position', 'marks']),
  );
  let [position, count, changed] = [study?.position ?? 0, study?.marks ?? 0, 0];
  const known = yield* knownOf({ study_instance_uid, facility }, marks);
  const news = marks.filter(({ id }) => !known.has(id)).map(({ id }) => id);
  if (count + new Set(news).size > most) {
    return 'too-many';
  }
  for (const mark of marks) {
    const before = known.get(mark.id);
    const after = before === undefined ? mark : mergeMarks(before, { ...mark, author: before.author, created: before.created });
    if (after !== before && JSON.stringify(after) !== JSON.stringify(before)) {
      position += 1;
      changed += 1;
      count += before === undefined ? 1 : 0;
      known.set(mark.id, after);
      yield* put({ study_instance_uid, facility, id: mark.id, position, document: JSON.stringify(after) });
    }
  }
  yield* run(
    db
      .updateTable('marked_study')
      .set({ position, marks: count })
      .where('study_instance_uid', '=', study_instance_uid)
      .where('facility', '=', facility),
  );
  return { marks: [...new Set(marks.map(({ id }) => id))].flatMap((id) => known.get(id) ?? []), changed };
};

function* knownOf({ study_instance_uid, facility }: Owned, marks: readonly Mark[]) {
  const rows = yield* run(
    db
      .selectFrom('mark')
      .select('document')
      .where('study_instance_uid', '=', study_instance_uid)
      .where('facility', '=', facility)
      .where(
        'id',
        'in',
        marks.map(({ id }) => id),
      ),
  );
  return new Map(
    rows.map(({ document }) => {
      const mark = JSON.parse(document) as Mark;
      return [mark.id, mark] as const;
    }),
  );
}

function* put(row: MarkTable) {
  const { position, document } = row;
  yield* run(
    db
      .insertInto('mark')
      .values(row)
      .onConflict((known) => known.columns(['study_instance_uid', 'facility', 'id']).doUpdateSet({ position, document })),
  );
}

const forgetMarks: ForgetMarks = function* ({ study_instance_uid, facility, rejection }) {
  const kept = yield* runFirst(
    db
      .selectFrom('rejection')
      .select('id')
      .where('study_instance_uid', '=', study_instance_uid)
      .where('facility', '=', facility)
      .where('id', '<>', rejection)
      .where('state', 'in', HOLDING)
      .limit(1),
  );
  if (kept !== undefined) {
    return;
  }
  for (const table of ['mark', 'marked_study'] as const) {
    yield* run(db.deleteFrom(table).where('study_instance_uid', '=', study_instance_uid).where('facility', '=', facility));
  }
};

export const markProcedures: { readonly mergeMarks: MergeMarks; readonly forgetMarks: ForgetMarks } = {
  mergeMarks: mergeAll,
  forgetMarks,
};
