import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openSqlite } from '@filmless/database';
import { type Compilable, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderQuery } from '../core/orders/model.ts';
import { listOrders } from './order-queries.ts';
import type { procedures } from './schema.ts';
import { db } from './tables.ts';

const ALL: OrderQuery = { modalities: [], stations: [], states: [], sort: '-start', limit: 100 };
const DAY = { from: '2026-03-01T00:00:00', to: '2026-03-01T23:59:59' };

/** What SQLite means to do; a table that is read from end to end, or sorted, would show among a million orders. */
describe('the plan of a search for orders', () => {
  let folder: string;
  let database: Database<typeof procedures>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-plans-'));
    const schema = new URL('./schema.ts', import.meta.url);
    database = await openSqlite<typeof procedures>({ file: join(folder, 'archive.db'), schema, readers: 0 });
  });

  afterAll(async () => {
    await database[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const plan = async (
    query: Partial<OrderQuery>,
    facilities: 'all' | readonly string[],
    words: readonly string[] = [],
    rareName = true,
  ) => {
    const { sql: text, parameters } = listOrders({ ...ALL, ...query }, facilities, { words, rareName }).compile();
    const explained: Compilable<{ readonly detail: string }> = {
      compile: () => ({
        ...sql<{ readonly detail: string }>`SELECT 1`.compile(db),
        sql: `EXPLAIN QUERY PLAN ${text}`,
        parameters,
      }),
    };
    return (await database.read<{ readonly detail: string }>(explained)).map(({ detail }) => detail).join('\n');
  };

  it.each<[string, Partial<OrderQuery>, 'all' | readonly string[], string]>([
    ['newest of a facility', {}, ['main'], 'order_step_facility (facility=?)'],
    ['newest of all', {}, 'all', 'order_step_start'],
    ['newest of two facilities', {}, ['a', 'b'], 'order_step_start'],
    ['a day', { ...DAY, sort: 'start' }, ['main'], 'order_step_facility (facility=? AND start_at>? AND start_at<?)'],
    [
      'a day of a machine',
      { ...DAY, stations: ['CT01'] },
      ['main'],
      'order_step_station (station=? AND start_at>? AND start_at<?)',
    ],
    ['what is not done', { states: ['SCHEDULED', 'IN_PROGRESS'], sort: 'start' }, ['main'], 'order_step_open'],
    ['what is not done on a day', { ...DAY, states: ['SCHEDULED'] }, ['main'], 'order_step_open (start_at>? AND start_at<?)'],
    [
      'a page behind another',
      { after: '2026-03-01T08:00:00~7' },
      ['main'],
      'order_step_facility (facility=? AND (start_at,order_id)<(?,?))',
    ],
  ])('walks along an index in the order asked for: %s', async (_name, query, facilities, index) => {
    const text = await plan(query, facilities);
    expect(text).toContain(index);
    expect(text).not.toContain('TEMP B-TREE');
  });

  it.each<[string, Partial<OrderQuery>, string]>([
    ['accession number', { accessionNumber: 'A1', stations: ['CT01'], ...DAY }, '(accession_number=?)'],
    ['patient', { patientId: 'P1', modalities: ['CT'] }, 'imaging_order_patient (patient_id=?)'],
    ['study', { studyInstanceUid: '1.2.3', states: ['SCHEDULED'] }, 'imaging_order_study (study_instance_uid=?)'],
  ])('goes from the orders of a %s to their steps', async (_name, query, index) => {
    for (const facilities of ['all', ['main'], ['a', 'b']] as const) {
      const text = await plan(query, facilities);
      expect(text).toContain(index);
      expect(text).toContain('SEARCH s USING PRIMARY KEY (order_id=?)');
      expect(text).toContain('SEARCH e USING PRIMARY KEY (order_id=?');
    }
  });

  it('is led by the words of a rare name, and walks along the time for a common one', async () => {
    const rare = await plan({ stations: ['CT01'] }, ['main'], ['do', 'duong']);
    expect(rare).toMatch(/^SCAN order_words VIRTUAL TABLE/);
    expect(rare).toContain('SEARCH s USING PRIMARY KEY (order_id=?)');
    const common = await plan({}, ['main'], ['nguyen'], false);
    expect(common).toContain('order_step_facility (facility=?)');
    expect(common).not.toContain('TEMP B-TREE');
  });
});
