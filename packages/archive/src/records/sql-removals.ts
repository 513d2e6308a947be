import type { Database } from '@filmless/database';
import { sql } from 'kysely';
import type { RemovalRecords, RemovedStudy, RemovedTotal } from '../core/removal-records.ts';
import type { procedures } from './schema.ts';
import { db, type RemovedStudyTable } from './tables.ts';

/** Which studies were removed here, in the records' file. */
export class SqlRemovals implements RemovalRecords {
  readonly #database: Database<typeof procedures>;

  constructor(database: Database<typeof procedures>) {
    this.#database = database;
  }

  async note({ studyInstanceUid, ...removed }: RemovedStudy, forgetBefore: string): Promise<void> {
    await this.#database.write('noteRemoved', {
      removed: { study_instance_uid: studyInstanceUid, ...removed },
      forget_before: forgetBefore,
    });
  }

  async find(studyInstanceUid: string): Promise<RemovedStudy | undefined> {
    const [row] = await this.#database.read(
      db.selectFrom('removed_study').selectAll().where('study_instance_uid', '=', studyInstanceUid),
    );
    return row === undefined ? undefined : removedOf(row);
  }

  async list(limit: number, after?: Pick<RemovedStudy, 'at' | 'studyInstanceUid'>): Promise<readonly RemovedStudy[]> {
    const all = db.selectFrom('removed_study').selectAll();
    const behind =
      after === undefined ? all : all.where(sql<boolean>`(at, study_instance_uid) < (${after.at}, ${after.studyInstanceUid})`);
    const rows = await this.#database.read(behind.orderBy('at', 'desc').orderBy('study_instance_uid', 'desc').limit(limit));
    return rows.map(removedOf);
  }

  async total(): Promise<RemovedTotal> {
    const [row] = await this.#database.read(
      db
        .selectFrom('removed_study')
        .select((column) => [
          column.fn.countAll<number>().as('studies'),
          column.fn.coalesce(column.fn.sum<number>('instances'), sql<number>`0`).as('instances'),
          column.fn.coalesce(column.fn.sum<number>('bytes'), sql<number>`0`).as('bytes'),
          column.fn.max('at').as('at'),
        ]),
    );
    return row ?? { studies: 0, instances: 0, bytes: 0, at: null };
  }
}

function removedOf({ study_instance_uid, ...row }: RemovedStudyTable): RemovedStudy {
  return { studyInstanceUid: study_instance_uid, ...row };
}
