import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { Scope } from '@filmless/access';
import type { Compilable } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { factsOf } from '../../src/index/conditions.ts';
import { countedQuery, listQueries } from '../../src/index/listing.ts';
import { planSearch } from '../../src/index/search.ts';
import { ALL } from '../support/archive.ts';
import { BulkLoader } from '../support/bulk-loader.ts';
import { largeArchive } from '../support/large-archive.ts';
import { CALLERS, LEVELS, LISTS, SEARCHES } from '../support/planned-searches.ts';
import { SqliteFiller } from '../support/sqlite-filler.ts';

const NOW = '2026-06-30T00:00:00.000Z';
const OWN: Scope = { facilities: ['clinic'] };

let folder: string;
let database: DatabaseSync;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filmless-plans-'));
  const file = join(folder, 'index.db');
  {
    using filler = new SqliteFiller(file);
    const loader = new BulkLoader(filler);
    for (const study of largeArchive(100)) {
      loader.add(study);
    }
  }
  database = new DatabaseSync(file);
});
afterAll(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

/** How SQLite goes about it, a line a step. */
function planOf(asked: Compilable<unknown>): string {
  const { sql, parameters } = asked.compile();
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...(parameters as readonly SQLInputValue[]));
  return rows.map(({ detail }) => String(detail)).join('\n');
}

/** A step that looks at every row of a table. The full-text index is asked for something, and a page of studies that lead is short. */
const GOES_THROUGH_ALL = /SCAN (?!study_words VIRTUAL TABLE INDEX \d+:M|\(subquery|candidate|led|found)/;
const SORTS = /USE TEMP B-TREE FOR ORDER BY/;
/** Below the studies so many at most are sorted as a page needs; what one UID names is one. */
const sortsFew = (plan: string): boolean => /SCAN led/.test(plan) || /\((series|sop)_instance_uid=\?\)/.test(plan);

describe.each(CALLERS)('a search by %s', (_who, scope) => {
  for (const level of LEVELS) {
    it.each(SEARCHES)(`finds ${level === 'study' ? '' : `at the level ${level}, `}%s along an index`, (_title, keys) => {
      const plan = planSearch({ level, keys, include: [] }, scope, NOW, factsOf(keys));
      for (const part of plan.parts(undefined)) {
        const steps = planOf(part.page(26, 0, 26));
        expect(steps).not.toMatch(GOES_THROUGH_ALL);
        expect(SORTS.test(steps) && !sortsFew(steps), steps).toBe(false);
      }
    });
  }
});

it.each(LISTS.flatMap((list) => CALLERS.map(([, scope]) => ({ list, scope }))))(
  'the list $list of $scope.facilities, and its count, go along an index',
  ({ list, scope }) => {
    const { page, total } = listQueries(list, scope, NOW, 1000);
    for (const steps of [planOf(page), planOf(total)]) {
      expect(steps).not.toMatch(GOES_THROUGH_ALL);
      expect(steps).not.toMatch(SORTS);
    }
  },
);

it('the first page of all studies is read from the newest on, without a sort', () => {
  const { page } = listQueries({ limit: 50 }, ALL, NOW, 1000);
  expect(planOf(page)).toBe('SCAN study');
});

it('what is kept is told without looking at studies', () => {
  expect(planOf(countedQuery(ALL))).not.toContain('study');
  expect(planOf(countedQuery(OWN))).toMatch(/^SEARCH counted/);
});
