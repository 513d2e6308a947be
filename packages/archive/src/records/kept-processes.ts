import type { Database } from '@filmless/database';
import type { EndedRun, ProcessRecords, RunningProcess } from '../core/processes/process-records.ts';
import type { procedures } from './schema.ts';
import { db } from './tables.ts';

/** What processes know of each other, as rows of the records. */
export class KeptProcesses implements ProcessRecords {
  readonly #database: Database<typeof procedures>;

  constructor(database: Database<typeof procedures>) {
    this.#database = database;
  }

  async begin(run: string, seenUntil: string): Promise<void> {
    await this.#database.write('beginRun', { id: run, seen_until: seenUntil });
  }

  async beat(run: string, seenUntil: string): Promise<boolean> {
    return await this.#database.write('beatRun', { id: run, seen_until: seenUntil });
  }

  async running(): Promise<readonly RunningProcess[]> {
    const rows = await this.#database.read(db.selectFrom('run').select(['id', 'beat']).orderBy('id'));
    return rows.map(({ id, beat }) => ({ run: id, beat }));
  }

  async end(run: string, beat?: number): Promise<void> {
    await this.#database.write('endRun', { id: run, beat: beat ?? null });
  }

  async ended(): Promise<readonly EndedRun[]> {
    const rows = await this.#database.read(db.selectFrom('ended_run').selectAll().orderBy('id'));
    return rows.map(({ id, seen_until }) => ({ run: id, seenUntil: seen_until }));
  }

  async forget(run: string): Promise<void> {
    await this.#database.write('forgetRun', { id: run });
  }

  async claim(name: string, run: string): Promise<boolean> {
    return await this.#database.write('claim', { name, run });
  }

  async release(name: string, run: string): Promise<void> {
    await this.#database.write('release', { name, run });
  }

  async tell(news: Parameters<ProcessRecords['tell']>[0]): Promise<void> {
    await this.#database.write('tell', news);
  }

  async lastTold(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#database.read(
      db
        .selectFrom('news')
        .select((column) => ['run', column.fn.max('sequence').as('last')])
        .groupBy('run'),
    );
    return new Map(rows.map(({ run, last }) => [run, Number(last)]));
  }

  async told(
    run: string,
    after: number,
    limit: number,
  ): Promise<readonly { readonly sequence: number; readonly text: string }[]> {
    const rows = await this.#database.read(
      db
        .selectFrom('news')
        .select(['sequence', 'changes'])
        .where('run', '=', run)
        .where('sequence', '>', after)
        .orderBy('sequence')
        .limit(limit),
    );
    return rows.map(({ sequence, changes }) => ({ sequence, text: changes }));
  }
}
