import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import type { Scope } from '@filmless/access';
import { parseMatchKey, TAG, type TagKey, type Vr } from '@filmless/dicom';
import type { Compilable } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchQuery } from '../../src/core/archive-core.ts';
import type { StudyListQuery } from '../../src/core/model.ts';
import { factsOf } from '../../src/index/conditions.ts';
import { countedQuery, listQueries } from '../../src/index/listing.ts';
import { planSearch } from '../../src/index/search.ts';
import { ALL } from '../support/archive.ts';
import { BulkLoader } from '../support/bulk-loader.ts';
import { largeArchive } from '../support/large-archive.ts';
import { SqliteFiller } from '../support/sqlite-filler.ts';

const NOW = '2026-06-30T00:00:00.000Z';
const OWN: Scope = { facilities: ['clinic'] };
const TWO: Scope = { facilities: ['east', 'west'] };

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

const key = (tag: TagKey, vr: Vr, text: string, fuzzy = false) => parseMatchKey([tag], vr, text, { fuzzy });
const name = (text: string, fuzzy = false) => key(TAG.PatientName, 'PN', text, fuzzy);

const SEARCHES: readonly (readonly [title: string, keys: SearchQuery['keys']])[] = [
  ['a study by its UID', [key(TAG.StudyInstanceUID, 'UI', '1.2.3')]],
  ['studies by patient id', [key(TAG.PatientID, 'LO', '0000000012')]],
  ['studies by the beginning of a patient id', [key(TAG.PatientID, 'LO', '00000000*')]],
  ['studies by accession number', [key(TAG.AccessionNumber, 'SH', '26010200000001')]],
  ['studies by birth date', [key(TAG.PatientBirthDate, 'DA', '19700101')]],
  ['studies of a month', [key(TAG.StudyDate, 'DA', '20260101-20260131')]],
  ['studies by a name', [name('Nguyễn^Văn An')]],
  ['studies by the beginning of a name', [name('Nguyễn^V*')]],
  ['studies by the end of a name', [name('*Hương')]],
  ['studies by words of a name', [name('an nguyen', true)]],
  ['studies by the referring physician', [key(TAG.ReferringPhysicianName, 'PN', 'Trần*')]],
  ['studies of a modality', [key(TAG.ModalitiesInStudy, 'CS', 'XA')]],
  ['studies of one of two modalities', [key(TAG.ModalitiesInStudy, 'CS', 'XA\\SR')]],
  [
    'studies by date, modality and name',
    [key(TAG.StudyDate, 'DA', '20260101-20260331'), key(TAG.ModalitiesInStudy, 'CS', 'CT'), name('Lê*')],
  ],
  ['a series by its UID', [key(TAG.SeriesInstanceUID, 'UI', '1.2.3.4')]],
  ['an instance by its UID', [key(TAG.SOPInstanceUID, 'UI', '1.2.3.4.5')]],
];

describe.each([
  ['whoever may see all', ALL],
  ['one facility', OWN],
  ['two facilities', TWO],
])('a search by %s', (_who, scope) => {
  for (const level of ['study', 'series', 'instance', 'patient'] as const) {
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

const LISTS: readonly StudyListQuery[] = [
  { limit: 50, q: 'nguyen' },
  { limit: 50, q: 'le thi an' },
  { limit: 50, q: '00000012' },
  { limit: 50, modality: 'XA' },
  { limit: 50, modality: 'CT,MR' },
  { limit: 50, facility: 'clinic' },
  { limit: 50, patientId: '0000000012' },
  { limit: 50, accessionNumber: '26010200000001' },
  { limit: 50, from: '2026-01-01', to: '2026-01-31' },
  { limit: 50, from: '2026-01-01', modality: 'CT', q: 'tran' },
];

it.each(LISTS.flatMap((list) => [ALL, OWN, TWO].map((scope) => ({ list, scope }))))(
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
