// needs: postgres
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, forPostgres, openPostgres, type SqlValue, statement } from '@filmless/database';
import { type PostgresServer, startPostgres } from '@filmless/database/test/postgres';
import type { Compilable } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import { factsOf } from '../../src/index/conditions.ts';
import { listDemands, listQueries } from '../../src/index/listing.ts';
import { LED_BY_INDEX, openPostgresIndex } from '../../src/index/open-index.ts';
import { planSearch } from '../../src/index/search.ts';
import { WordPlanner } from '../../src/index/word-planner.ts';
import { BulkLoader } from '../support/bulk-loader.ts';
import { copyIndex } from '../support/copy-index.ts';
import { largeArchive } from '../support/large-archive.ts';
import { CALLERS, LEVELS, LISTS, SEARCHES } from '../support/planned-searches.ts';
import { SqliteFiller } from '../support/sqlite-filler.ts';

const NOW = '2026-06-30T00:00:00.000Z';
const STUDIES = 60;

let folder: string;
let server: PostgresServer;
let copied: Database<Record<never, never>>;
let planner: WordPlanner;

const opened = async (url: string) =>
  await openPostgres<Record<never, never>>({
    url,
    name: 'filmless_index',
    schema: new URL('../../src/index/postgres/schema.ts', import.meta.url),
    planner: LED_BY_INDEX,
  });

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-plans-'));
  server = await startPostgres();
  const file = join(folder, 'index.db');
  {
    using filler = new SqliteFiller(file);
    const loader = new BulkLoader(filler);
    for (const study of largeArchive(STUDIES)) {
      loader.add(study);
    }
  }
  const url = await server.freshDatabase();
  await copyIndex(file, url);
  copied = await opened(url);
  planner = new WordPlanner(copied, 'postgres');
});
afterAll(async () => {
  await copied[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** How PostgreSQL goes about it. NOTE: it goes through a table only where no index leads to what is asked. */
async function planOf(asked: Compilable<unknown>): Promise<string> {
  const { sql, parameters } = forPostgres(asked).compile();
  const rows = await copied.read(statement<{ readonly 'QUERY PLAN': string }>(`EXPLAIN ${sql}`, parameters as SqlValue[]));
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

/** Tables that grow with the archive. */
const GOES_THROUGH_ALL = /Seq Scan on (?:study|series|instance|patient|reach|instance_header|study_word|series_request|word)\b/;

describe.each(CALLERS)('a search on PostgreSQL by %s', (_who, scope) => {
  it.each(LEVELS)('at the level %s goes along indexes', async (level) => {
    for (const [title, keys] of SEARCHES) {
      const facts = factsOf(keys);
      const leading = facts.selective ? undefined : await planner.plan(facts.demands, scope);
      const plan = planSearch({ level, keys, include: [] }, scope, NOW, facts, leading);
      for (const part of plan.parts(undefined)) {
        expect(await planOf(part.page(26, 0, 26)), title).not.toMatch(GOES_THROUGH_ALL);
      }
    }
  });

  it('and the list with its count, too', async () => {
    for (const list of LISTS) {
      const leading = await planner.plan(listDemands(list, scope), scope);
      const { page, total } = listQueries(list, scope, NOW, 1000, leading);
      for (const steps of [await planOf(page), await planOf(total)]) {
        expect(steps, JSON.stringify(list)).not.toMatch(GOES_THROUGH_ALL);
      }
    }
  });

  it('the studies of a frequent word come in their order, and none is sorted', async () => {
    const list = { limit: 50, q: 'nguyen' };
    const { page } = listQueries(list, scope, NOW, 1000, await planner.plan(listDemands(list, scope), scope));
    expect(await planOf(page)).not.toMatch(/Sort/);
  });
});

const ROWS = {
  study: 'SELECT study.*, NULL AS id, NULL AS patient FROM study',
  words: 'SELECT study_instance_uid, word FROM study_word JOIN study ON study.id = study_word.study_id',
  vocabulary: 'SELECT DISTINCT word FROM word',
  reach: 'SELECT study_instance_uid, reach.facility, expires_at FROM reach JOIN study ON study.id = reach.study_id',
  series: 'SELECT series.*, NULL AS id, NULL AS study_id FROM series',
  requests: 'SELECT series_instance_uid, step_id, procedure_id FROM series_request JOIN series ON series.id = series_id',
  instance:
    'SELECT instance.*, NULL AS id, NULL AS series_id, header, layout FROM instance JOIN instance_header ON instance_id = instance.id',
  counted: 'SELECT facility, sum(studies), sum(series), sum(instances), sum(bytes) FROM counted GROUP BY facility',
};

it('what is copied into PostgreSQL has the rows that adding one instance after the other writes', async () => {
  const url = await server.freshDatabase();
  {
    await using index = await openPostgresIndex({ url, limits: ARCHIVE_LIMITS });
    for (const { studyInstanceUid, facility: owner, series, sharedWith } of largeArchive(STUDIES)) {
      for (const one of series) {
        for (let number = 1; number <= one.instances; number += 1) {
          await index.add(one.instance(number));
        }
      }
      if (sharedWith !== undefined) {
        await index.setReach({ studyInstanceUid, owner, facility: sharedWith, expiresAt: null });
      }
    }
  }
  await using added = await opened(url);
  const textsOf = async (database: typeof copied, text: string) =>
    (await database.read(statement<object>(text))).map((row) => JSON.stringify(row)).toSorted();
  for (const [title, text] of Object.entries(ROWS)) {
    expect(await textsOf(copied, text), title).toEqual(await textsOf(added, text));
  }
  expect(await textsOf(copied, ROWS.study)).toHaveLength(STUDIES);
});
