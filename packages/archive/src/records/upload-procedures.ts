import { type Procedure, run, runFirst } from '@filmless/database';
import type { UploadBounds } from '../core/uploads/upload-records.ts';
import { db } from './tables.ts';
import type { UploadTable } from './upload-tables.ts';

interface Piece {
  readonly position: number;
  readonly length: number;
  readonly object_key: string;
}

type BeginUpload = Procedure<{ readonly upload: UploadTable; readonly bounds: UploadBounds }, UploadTable | undefined>;
type TakeUpload = Procedure<
  { readonly id: string; readonly writer: string; readonly touched_at: number },
  UploadTable | undefined
>;
type AddPiece = Procedure<
  { readonly id: string; readonly writer: string; readonly piece: Piece; readonly touched_at: number },
  boolean
>;
type FinishUpload = Procedure<{ readonly id: string; readonly outcome: string; readonly touched_at: number }, void>;
type ById = Procedure<{ readonly id: string }, void>;

const beginUpload: BeginUpload = function* ({ upload, bounds }) {
  const known = yield* runFirst(
    db.updateTable('upload').set({ touched_at: upload.touched_at }).where('id', '=', upload.id).returningAll(),
  );
  if (known !== undefined) {
    return known;
  }
  const open = yield* run(db.selectFrom('upload').select(['owner', 'length']).where('outcome', 'is', null));
  const bytes = open.reduce((sum, { length }) => sum + length, 0);
  const own = open.filter(({ owner }) => owner === upload.owner).length;
  const tooMany = open.length >= bounds.uploads || own >= bounds.uploadsOfOne;
  if (tooMany || (open.length > 0 && bytes + upload.length > bounds.uploadBytes)) {
    return undefined;
  }
  yield* run(db.insertInto('upload').values(upload));
  return upload;
};

/** Whoever added before adds nothing more. */
const takeUpload: TakeUpload = function* ({ id, writer, touched_at }) {
  return yield* runFirst(
    db.updateTable('upload').set({ writer, touched_at }).where('id', '=', id).where('outcome', 'is', null).returningAll(),
  );
};

const addPiece: AddPiece = function* ({ id, writer, piece, touched_at }) {
  const moved = yield* runFirst(
    db
      .updateTable('upload')
      .set({ position: piece.position + piece.length, touched_at })
      .where('id', '=', id)
      .where('writer', '=', writer)
      .where('position', '=', piece.position)
      .where('outcome', 'is', null)
      .returning('id'),
  );
  if (moved === undefined) {
    return false;
  }
  yield* run(db.insertInto('upload_piece').values({ upload: id, ...piece }));
  return true;
};

const finishUpload: FinishUpload = function* ({ id, outcome, touched_at }) {
  yield* run(db.updateTable('upload').set({ outcome, touched_at, writer: '' }).where('id', '=', id));
  yield* run(db.deleteFrom('upload_piece').where('upload', '=', id));
};

const restartUpload: ById = function* ({ id }) {
  yield* run(db.updateTable('upload').set({ position: 0, writer: '' }).where('id', '=', id));
  yield* run(db.deleteFrom('upload_piece').where('upload', '=', id));
};

const removeUpload: ById = function* ({ id }) {
  yield* run(db.deleteFrom('upload').where('id', '=', id));
};

export const uploadProcedures: {
  readonly beginUpload: BeginUpload;
  readonly takeUpload: TakeUpload;
  readonly addPiece: AddPiece;
  readonly finishUpload: FinishUpload;
  readonly restartUpload: ById;
  readonly removeUpload: ById;
} = { beginUpload, takeUpload, addPiece, finishUpload, restartUpload, removeUpload };
