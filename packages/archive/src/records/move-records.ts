import { type MovedTables, moveDatabase } from '@filmless/database';
import { RECORDS_SCHEMA } from './run-fence.ts';

/** What belongs to processes that run, and to uploads under way. */
const OF_PROCESSES = ['run', 'ended_run', 'claim', 'news', 'upload', 'upload_piece'] as const;

/** Moves the records of an archive that does not run from a SQLite file to PostgreSQL. @throws DatabaseError */
export async function moveRecords(file: string, url: string): Promise<MovedTables> {
  return await moveDatabase({
    file,
    url,
    name: RECORDS_SCHEMA,
    schema: new URL('./move-schema.ts', import.meta.url),
    leftOut: OF_PROCESSES,
    before: ['DELETE FROM order_word'],
    after: [
      `INSERT INTO order_word (word, order_id)
        SELECT DISTINCT piece, imaging_order.id
        FROM imaging_order CROSS JOIN unnest(string_to_array(imaging_order.name_words, ' ')) AS pieces (piece) WHERE piece <> ''`,
    ],
  });
}
