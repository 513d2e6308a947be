import type { Database } from '@filmless/database';
import type { UploadOutcome, UploadRecord } from '../core/uploads/upload-files.ts';
import type { KeptUpload, UploadBounds, UploadPiece, UploadRecords } from '../core/uploads/upload-records.ts';
import type { procedures } from './schema.ts';
import { db } from './tables.ts';
import type { UploadTable } from './upload-tables.ts';

/** Uploads as rows of the records. */
export class KeptUploads implements UploadRecords {
  readonly #database: Database<typeof procedures>;

  constructor(database: Database<typeof procedures>) {
    this.#database = database;
  }

  async begin(record: UploadRecord, bounds: UploadBounds): Promise<KeptUpload | undefined> {
    const { uploads, uploadsOfOne, uploadBytes } = bounds;
    const row = await this.#database.write('beginUpload', {
      upload: rowOf(record),
      bounds: { uploads, uploadsOfOne, uploadBytes },
    });
    return row && uploadOf(row);
  }

  async find(id: string): Promise<KeptUpload | undefined> {
    const [row] = await this.#database.read(db.selectFrom('upload').selectAll().where('id', '=', id));
    return row && uploadOf(row);
  }

  async take(id: string, writer: string, touchedAt: number): Promise<KeptUpload | undefined> {
    const row = await this.#database.write('takeUpload', { id, writer, touched_at: touchedAt });
    return row && uploadOf(row);
  }

  async add(id: string, writer: string, { offset, length, key }: UploadPiece, touchedAt: number): Promise<boolean> {
    const piece = { position: offset, length, object_key: key };
    return await this.#database.write('addPiece', { id, writer, piece, touched_at: touchedAt });
  }

  async pieces(id: string): Promise<readonly UploadPiece[]> {
    const rows = await this.#database.read(
      db.selectFrom('upload_piece').selectAll().where('upload', '=', id).orderBy('position'),
    );
    return rows.map(({ position, length, object_key }) => ({ offset: position, length, key: object_key }));
  }

  async finish(id: string, outcome: UploadOutcome, touchedAt: number): Promise<void> {
    await this.#database.write('finishUpload', { id, outcome: JSON.stringify(outcome), touched_at: touchedAt });
  }

  async restart(id: string): Promise<void> {
    await this.#database.write('restartUpload', { id });
  }

  async remove(id: string): Promise<void> {
    await this.#database.write('removeUpload', { id });
  }

  async expired(open: number, done: number, limit: number): Promise<readonly string[]> {
    const rows = await this.#database.read(
      db
        .selectFrom('upload')
        .select('id')
        .where((column) =>
          column.or([
            column.and([column('outcome', 'is', null), column('touched_at', '<', open)]),
            column.and([column('outcome', 'is not', null), column('touched_at', '<', done)]),
          ]),
        )
        .orderBy('touched_at')
        .limit(limit),
    );
    return rows.map(({ id }) => id);
  }
}

function rowOf({ id, owner, length, touchedAt, outcome: _, ...document }: UploadRecord): UploadTable {
  return {
    id,
    owner,
    document: JSON.stringify(document),
    length,
    position: 0,
    writer: '',
    touched_at: touchedAt,
    outcome: null,
  };
}

function uploadOf({ id, owner, document, length, position, touched_at, outcome }: UploadTable): KeptUpload {
  const record = { ...parseDocument(document), id, owner, length, touchedAt: touched_at };
  return { record: outcome === null ? record : { ...record, outcome: parseOutcome(outcome) }, offset: position };
}

/** What `rowOf` wrote. */
function parseDocument(text: string): Pick<UploadRecord, 'source' | 'sopInstanceUid' | 'sha256' | 'importId'> {
  return JSON.parse(text) as Pick<UploadRecord, 'source' | 'sopInstanceUid' | 'sha256' | 'importId'>;
}

/** What `finish` wrote. */
function parseOutcome(text: string): UploadOutcome {
  return JSON.parse(text) as UploadOutcome;
}
