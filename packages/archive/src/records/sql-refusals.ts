import type { Database } from '@filmless/database';
import type { RefusalRecords, RefusedInstance } from '../core/receipts/refusal-records.ts';
import type { procedures } from './schema.ts';
import { db } from './tables.ts';

/** Instances that were not taken, in the records' file. */
export class SqlRefusals implements RefusalRecords {
  readonly #database: Database<typeof procedures>;

  constructor(database: Database<typeof procedures>) {
    this.#database = database;
  }

  async note(refused: readonly RefusedInstance[], before: string, keep: number): Promise<void> {
    const rows = refused.map(({ sopInstanceUid, studyInstanceUid, facility, reason, sender, address, at }) => ({
      sop_instance_uid: sopInstanceUid,
      study_instance_uid: studyInstanceUid,
      facility,
      reason,
      sender,
      address,
      at,
    }));
    await this.#database.write('noteRefused', { refused: rows, before, keep });
  }

  async forget(sopInstanceUids: readonly string[]): Promise<void> {
    if (sopInstanceUids.length > 0) {
      await this.#database.write('forgetRefused', { uids: sopInstanceUids });
    }
  }

  async ofStudies(studyInstanceUids: readonly string[], limit: number): Promise<readonly RefusedInstance[]> {
    if (studyInstanceUids.length === 0) {
      return [];
    }
    const rows = await this.#database.read(
      db
        .selectFrom('refused_instance')
        .selectAll()
        .where('study_instance_uid', 'in', [...studyInstanceUids])
        .limit(limit),
    );
    return rows.map((row) => ({
      sopInstanceUid: row.sop_instance_uid,
      studyInstanceUid: row.study_instance_uid,
      reason: row.reason,
      sender: row.sender,
      address: row.address,
      facility: row.facility,
      at: row.at,
    }));
  }

  async studies(limit: number): Promise<readonly string[]> {
    const rows = await this.#database.read(
      db.selectFrom('refused_instance').select('study_instance_uid').distinct().limit(limit),
    );
    return rows.map((row) => row.study_instance_uid);
  }
}
