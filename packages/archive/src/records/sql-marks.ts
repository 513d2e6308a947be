import type { Database } from '@filmless/database';
import type { MarkRecords, MergedMarks } from '../core/marks/mark-records.ts';
import type { Mark, MarkPage } from '../core/marks/model.ts';
import type { procedures } from './schema.ts';
import { db } from './tables.ts';

/** Marks on images, in the records' database. */
export class SqlMarks implements MarkRecords {
  readonly #database: Database<typeof procedures>;

  constructor(database: Database<typeof procedures>) {
    this.#database = database;
  }

  async merge(
    studyInstanceUid: string,
    facility: string,
    marks: readonly Mark[],
    most: number,
  ): Promise<MergedMarks | 'too-many'> {
    return marks.length === 0
      ? { marks: [], changed: 0 }
      : await this.#database.write('mergeMarks', { study_instance_uid: studyInstanceUid, facility, marks, most });
  }

  async since(studyInstanceUid: string, facility: string, cursor: number, limit: number): Promise<MarkPage> {
    const rows = await this.#database.read(
      db
        .selectFrom('mark')
        .select(['position', 'document'])
        .where('study_instance_uid', '=', studyInstanceUid)
        .where('facility', '=', facility)
        .where('position', '>', cursor)
        .orderBy('position')
        .limit(limit + 1),
    );
    const page = rows.slice(0, limit);
    return {
      marks: page.map(({ document }) => JSON.parse(document) as Mark),
      next: page.at(-1)?.position ?? cursor,
      more: rows.length > limit,
    };
  }

  async forget(studyInstanceUid: string, facility: string, rejection: string): Promise<void> {
    await this.#database.write('forgetMarks', { study_instance_uid: studyInstanceUid, facility, rejection });
  }
}
