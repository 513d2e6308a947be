import { ARCHIVE_LIMITS } from './core/limits.ts';
import { othersAtWork } from './core/processes/open-processes.ts';
import { SqlRecords } from './records/sql-records.ts';

/**
 * Whether an archive process is at work on a PostgreSQL database. Takes some seconds where one has left without a word.
 * @throws DatabaseError
 */
export async function isArchiveAtWork(url: string): Promise<boolean> {
  await using records = await SqlRecords.open({ url });
  return await othersAtWork(records.processes, ARCHIVE_LIMITS);
}
