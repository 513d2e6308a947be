import { type Procedure, run, runFirst } from '@filmless/database';
import { type ImagesMove, moveByImages } from './order-moves.ts';
import type { StudyMatchTable } from './order-tables.ts';
import { db } from './tables.ts';

type PutMatch = Procedure<
  {
    readonly match: StudyMatchTable;
    /** Of the study. */
    readonly modalities: readonly string[];
    /** Leave a study alone that was matched or released before. */
    readonly onlyFirst: boolean;
  },
  /** The order it belonged to before; undefined when nothing was changed. */
  { readonly before: number | null } | undefined
>;
type MoveByImages = Procedure<ImagesMove, boolean>;
type SetMark = Procedure<{ readonly seen_until: string }, void>;

const putMatch: PutMatch = function* ({ match, modalities, onlyFirst }) {
  const old = yield* runFirst(
    db.selectFrom('study_match').selectAll().where('study_instance_uid', '=', match.study_instance_uid),
  );
  if (old !== undefined && (onlyFirst || old.order_id === match.order_id)) {
    return undefined;
  }
  const { study_instance_uid: _key, ...decision } = match;
  yield* run(
    db
      .insertInto('study_match')
      .values(match)
      .onConflict((clash) => clash.column('study_instance_uid').doUpdateSet(decision)),
  );
  const before = old?.order_id ?? null;
  if (before !== null) {
    const other = yield* runFirst(db.selectFrom('study_match').select('order_id').where('order_id', '=', before).limit(1));
    if (other === undefined) {
      yield* moveByImages({ id: before, modalities, to: 'SCHEDULED', at: match.matched_at });
    }
  }
  if (match.order_id !== null) {
    yield* moveByImages({ id: match.order_id, modalities, to: 'IN_PROGRESS', at: match.matched_at });
  }
  return { before };
};

const moveImages: MoveByImages = function* (move) {
  return yield* moveByImages(move);
};

const setMark: SetMark = function* ({ seen_until }) {
  yield* run(
    db
      .insertInto('arrival_mark')
      .values({ id: 1, seen_until })
      .onConflict((clash) => clash.column('id').doUpdateSet({ seen_until })),
  );
};

export const matchProcedures: { readonly putMatch: PutMatch; readonly moveImages: MoveByImages; readonly setMark: SetMark } = {
  putMatch,
  moveImages,
  setMark,
};
