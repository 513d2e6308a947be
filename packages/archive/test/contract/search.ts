import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  bytesSource,
  combineDateTimes,
  DicomError,
  firstText,
  inspectObject,
  type MatchKey,
  matchesAll,
  normaliseDate,
  parseMatchKey,
  TAG,
  type TagKey,
  type Vr,
} from '@filmless/dicom';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SearchQuery, SearchResult } from '../../src/core/archive-core.ts';
import type { SqlIndex } from '../../src/index/sql-index.ts';
import { allFiles, filesRoot } from '../interop/corpus.ts';
import { ALL } from '../support/archive.ts';
import { type Asked, bruteForce } from '../support/brute-force.ts';
import type { IndexEngine, StartEngine } from '../support/index-engines.ts';
import { type Case, generateCases, indexed, NAMES } from '../support/search-cases.ts';

const NOW = '2026-06-01T00:00:00.000Z';
const UID_OF = {
  patient: TAG.StudyInstanceUID,
  study: TAG.StudyInstanceUID,
  series: TAG.SeriesInstanceUID,
  instance: TAG.SOPInstanceUID,
};

async function filled(engine: IndexEngine, name: string, cases: readonly Case[]): Promise<SqlIndex> {
  const index = await engine.open(name);
  await Promise.all(cases.map((found, order) => index.add(indexed(found, order))));
  return index;
}

const keyOf = (asked: Asked, fuzzy: boolean): MatchKey => {
  const [first = '', ...rest] = asked.tags;
  return parseMatchKey([first, ...rest], asked.vr as Vr, asked.text, { fuzzy });
};

async function searched(index: SqlIndex, query: Omit<SearchQuery, 'include'>): Promise<readonly string[]> {
  const { results } = await index.search({ ...query, include: [] }, ALL, NOW);
  return results.map((result) => firstText(result, UID_OF[query.level]) ?? '');
}

const ask = (level: Asked['level'], vr: string, tags: TagKey | readonly TagKey[], texts: readonly string[]): readonly Asked[] =>
  texts.map((text) => ({ level, vr, tags: typeof tags === 'string' ? [tags] : tags, text }));

const KEYS: readonly Asked[] = [
  ...ask('study', 'PN', TAG.PatientName, [
    '',
    '*',
    '""',
    'do thi duong',
    'Do^Thi*',
    'nguyen*',
    'NGUYEN^VAN AN',
    '*an',
    'ng?yen*',
    '山田*',
    'duong do',
    ...NAMES,
  ]),
  ...ask('study', 'LO', TAG.PatientID, ['P1', 'p*', 'P?', 'P[1]', '*[*', '""', 'P1\\P2', 'none']),
  ...ask('study', 'SH', TAG.AccessionNumber, ['A1', 'A*', 'A?', '*1*', 'B-1/2', '""']),
  ...ask('study', 'DA', TAG.StudyDate, ['20260101', '20260101-', '-20251231', '20251231-20260105', '202601', '""']),
  ...ask('study', 'TM', TAG.StudyTime, ['080000', '0930', '10', '0800-0930', '-1000', '2359-']),
  ...ask('study', 'DA', TAG.PatientBirthDate, ['19700101', '1985', '-19800101']),
  ...ask('study', 'CS', TAG.PatientSex, ['M', '""', 'M\\F']),
  ...ask('study', 'LO', TAG.StudyDescription, ['CT ngực', 'CT*', '*bụng', 'ct*', 'CT ????']),
  ...ask('study', 'SH', TAG.StudyID, ['1', '?']),
  ...ask('study', 'UI', TAG.StudyInstanceUID, ['1.2.1', '1.2.1,1.2.3', '1.2.2\\1.2.4', '9.9']),
  ...ask('series', 'CS', TAG.Modality, ['CT', 'C*', '""', 'CT\\SR']),
  ...ask('series', 'LO', TAG.SeriesDescription, ['axial', '*xial*', 'sagittal']),
  ...ask('series', 'CS', TAG.BodyPartExamined, ['CHEST', 'H*', '""']),
  ...ask('series', 'IS', TAG.SeriesNumber, ['1', '2', '03']),
  ...ask('series', 'DA', TAG.PerformedProcedureStepStartDate, ['20260101', '20260101-20260131']),
  ...ask('series', 'SH', [TAG.RequestAttributesSequence, TAG.ScheduledProcedureStepID], ['S1', 'S?', 'X', '""']),
  ...ask('series', 'SH', [TAG.RequestAttributesSequence, TAG.RequestedProcedureID], ['R1', 'R*']),
  ...ask('instance', 'UI', TAG.SOPClassUID, ['1.2.840.10008.5.1.4.1.1.2']),
  ...ask('instance', 'IS', TAG.InstanceNumber, ['1', '2']),
  ...ask('instance', 'UI', TAG.SOPInstanceUID, ['1.2.1.1.1', '1.2.1.1.1\\1.2.3.1.1', '9.9']),
  ...ask('series', 'UI', TAG.SeriesInstanceUID, ['1.2.1.1', '1.2.2.1\\1.2.3.1']),
  ...ask('header', 'CS', '00080008', ['ORIGINAL', 'PRIMARY', 'ORIG*', '""', 'DERIVED\\PRIMARY']),
  ...ask('header', 'DS', '00180060', ['120', '80.00']),
  ...ask('header', 'DT', '0008002A', ['20260101', '20260101090000-', '-2026010109']),
  ...ask('header', 'PN', '00081070', ['tran*', 'Lê^Cô', 'bac']),
];

/** What every engine finds alike. */
export function searchContract(name: string, start: StartEngine): void {
  let engine: IndexEngine;
  beforeAll(async () => {
    engine = await start();
  });
  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
  });

  describe(`search against a brute-force matcher, ${name}`, () => {
    const cases = generateCases(40, 7);
    let index: SqlIndex;
    beforeAll(async () => {
      index = await filled(engine, 'generated', cases);
    });
    afterAll(async () => {
      await index[Symbol.asyncDispose]();
    });

    it('finds the same for every key alone, at every level', async () => {
      for (const key of KEYS) {
        for (const level of ['study', 'series', 'instance'] as const) {
          const found = await searched(index, { level, keys: [keyOf(key, false)] });
          expect([...found].sort(), `${level} ${key.tags.join('.')}=${key.text}`).toEqual(
            [...bruteForce(cases, level, [key], false)].sort(),
          );
        }
      }
    });

    it('finds the same for keys together, with and without fuzzy matching', async () => {
      const some = fc.subarray([...KEYS], { minLength: 2, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(some, fc.constantFrom('study', 'series', 'instance'), fc.boolean(), async (asked, level, fuzzy) => {
          const keys = [...new Map(asked.map((key) => [key.tags.join('.'), key])).values()];
          // Two keys through one sequence must match within one item, which the plain matcher does not look at.
          fc.pre(keys.filter((key) => key.tags.length > 1).length < 2);
          const found = await searched(index, { level, keys: keys.map((key) => keyOf(key, fuzzy)) });
          expect([...found].sort()).toEqual([...bruteForce(cases, level, keys, fuzzy)].sort());
        }),
        { numRuns: 200 },
      );
    });

    it('matches keys through one sequence within one item', async () => {
      const request = (tag: TagKey, text: string) => parseMatchKey([TAG.RequestAttributesSequence, tag], 'SH', text);
      const both = await searched(index, {
        level: 'series',
        keys: [request(TAG.ScheduledProcedureStepID, 'S1'), request(TAG.RequestedProcedureID, 'R2')],
      });
      const expected = cases.filter(
        ({ header }) => header[TAG.RequestAttributesSequence] !== undefined && header[TAG.SeriesNumber]?.Value?.[0] === 2,
      );
      expect([...both].sort()).toEqual([...new Set(expected.map(({ series }) => series))].sort());
    });

    it('pages without losing or repeating any', async () => {
      for (const level of ['study', 'series', 'instance'] as const) {
        const whole = await searched(index, { level, keys: [] });
        const pages: string[] = [];
        for (let offset = 0; ; offset += 7) {
          const { results, more } = await index.search({ level, keys: [], include: [], limit: 7, offset }, ALL, NOW);
          pages.push(...results.map((result) => firstText(result, UID_OF[level]) ?? ''));
          if (!more) {
            break;
          }
        }
        expect(pages).toEqual(whole);
        expect(new Set(whole).size).toBe(new Set(cases.map((found) => found[level === 'instance' ? 'sop' : level])).size);
      }
    });

    it('pages by where the page before ended: at every level, for every way through the index, with keys that only headers answer', async () => {
      const ways: readonly Asked[][] = [
        [],
        ask('study', 'PN', TAG.PatientName, ['n*']).slice(),
        ask('study', 'LO', TAG.PatientID, ['P1']).slice(),
        ask('series', 'CS', TAG.Modality, ['CT']).slice(),
        ask('header', 'CS', '00080008', ['ORIGINAL']).slice(),
      ];
      for (const level of ['study', 'series', 'instance'] as const) {
        for (const asked of ways) {
          for (const scope of [ALL, { facilities: ['main'] }]) {
            const keys = asked.map((key) => keyOf(key, false));
            const whole = (await index.search({ level, keys, include: [] }, scope, NOW)).results.map(
              (result) => firstText(result, UID_OF[level]) ?? '',
            );
            const pages: string[] = [];
            for (let after: string | null = ''; after !== null; ) {
              const page: SearchQuery = { level, keys, include: [], limit: 3, ...(after === '' ? {} : { after }) };
              const { results, more, next }: SearchResult = await index.search(page, scope, NOW);
              expect(more).toBe(next !== null);
              pages.push(...results.map((result) => firstText(result, UID_OF[level]) ?? ''));
              expect(next).not.toBe(after);
              after = next;
            }
            expect(pages, `${level} ${JSON.stringify(asked)}`).toEqual(whole);
          }
        }
      }
    });

    it('loses and repeats nothing when studies come while it pages', async () => {
      await using growing = await filled(engine, 'growing', cases);
      const at = (uid: string, date: string): Case => ({
        study: uid,
        series: `${uid}.1`,
        sop: `${uid}.1.1`,
        header: { [TAG.StudyDate]: { vr: 'DA', Value: [date] } },
      });
      const page = { level: 'study', keys: [], include: [], limit: 10 } as const;
      const uids = ({ results }: SearchResult) => results.map((result) => firstText(result, TAG.StudyInstanceUID));
      const whole = uids(await growing.search({ ...page, limit: 100 }, ALL, NOW));
      const first = await growing.search(page, ALL, NOW);
      await growing.add(indexed(at('9.1', '20270101'), 10_000));
      await growing.add(indexed(at('9.2', '19000101'), 10_001));
      const second = await growing.search({ ...page, limit: 100, after: first.next ?? '' }, ALL, NOW);
      const dated = (all: readonly (string | undefined)[]) => all.filter((uid) => uid !== '9.2');
      expect([...uids(first), ...dated(uids(second))]).toEqual(whole);
      expect(uids(second)).toContain('9.2');
    });

    it.each([
      ['study', 'x'],
      ['study', Buffer.from('[1,2,"3"]').toString('base64url')],
      ['series', Buffer.from('[1]').toString('base64url')],
      ['series', Buffer.from('[1,"2",3]').toString('base64url')],
      ['instance', Buffer.from('{"length":5}').toString('base64url')],
      ['study', Buffer.from('[1e300]').toString('base64url')],
    ] as const)('refuses at level %s the cursor %s', async (level, after) => {
      await expect(index.search({ level, keys: [], include: [], after }, ALL, NOW)).rejects.toMatchObject({
        code: 'invalid-request',
      });
    });

    it('finds each patient once, by any of their studies, with what they have', async () => {
      for (const asked of [[], ...KEYS.filter(({ level }) => level !== 'header').map((key) => [key])]) {
        const { results } = await index.search(
          { level: 'patient', keys: asked.map((key) => keyOf(key, false)), include: [] },
          ALL,
          NOW,
        );
        const studies = bruteForce(cases, 'study', asked, false);
        const patientOf = (study: string) => {
          const header = cases.find((found) => found.study === study)?.header ?? {};
          return firstText(header, TAG.PatientID) ?? `no number ${study}`;
        };
        const expected = [...new Set(studies.map(patientOf))];
        const found = results.map((result) => firstText(result, TAG.PatientID) ?? 'no number');
        expect(found.toSorted(), JSON.stringify(asked)).toEqual(expected.map((id) => id.replace(/ \S+$/, '')).toSorted());
      }
      const [first] = (
        await index.search({ level: 'patient', keys: [parseMatchKey([TAG.PatientID], 'LO', 'P2')], include: [] }, ALL, NOW)
      ).results;
      const own = cases.filter(
        ({ study }) => cases.find((found) => found.study === study)?.header[TAG.PatientID]?.Value?.[0] === 'P2',
      );
      expect(first).toMatchObject({
        [TAG.IssuerOfPatientID]: { Value: ['MAIN-ID'] },
        [TAG.NumberOfPatientRelatedStudies]: { Value: [new Set(own.map(({ study }) => study)).size] },
        [TAG.NumberOfPatientRelatedSeries]: { Value: [new Set(own.map(({ series }) => series)).size] },
        [TAG.NumberOfPatientRelatedInstances]: { Value: [own.length] },
      });
      expect(Object.keys(first ?? {})).not.toContain(TAG.StudyInstanceUID);
    });

    it('takes a date and a time together as one moment', async () => {
      const date = parseMatchKey([TAG.StudyDate], 'DA', '20251231-20260101');
      const time = parseMatchKey([TAG.StudyTime], 'TM', '0930-1000');
      const keys = combineDateTimes([date, time]);
      const first = (study: string) => cases.find((found) => found.study === study)?.header ?? {};
      const expected = [...new Set(cases.map(({ study }) => study))].filter((study) => matchesAll(first(study), keys));
      const apart = [...new Set(cases.map(({ study }) => study))].filter((study) => matchesAll(first(study), [date, time]));
      expect(expected.length).toBeGreaterThan(apart.length);
      expect((await searched(index, { level: 'study', keys })).toSorted()).toEqual(expected.toSorted());
      const birth = combineDateTimes([
        parseMatchKey([TAG.PatientBirthDate], 'DA', '1970-1985'),
        parseMatchKey([TAG.PatientBirthTime], 'TM', '10-'),
      ]);
      expect((await searched(index, { level: 'study', keys: birth })).toSorted()).toEqual(
        [...new Set(cases.map(({ study }) => study))].filter((study) => matchesAll(first(study), birth)).toSorted(),
      );
    });

    it('answers with attributes of the levels above where they are asked for', async () => {
      const within = { studyInstanceUid: '1.2.1', seriesInstanceUid: '1.2.1.1' };
      const [named] = (
        await index.search(
          { level: 'instance', keys: [], include: [TAG.PatientID, TAG.ModalitiesInStudy, TAG.Modality], within },
          ALL,
          NOW,
        )
      ).results;
      const [plain] = (await index.search({ level: 'instance', keys: [], include: [], within }, ALL, NOW)).results;
      expect(named?.[TAG.PatientID]?.vr).toBe('LO');
      expect(named?.[TAG.ModalitiesInStudy]?.vr).toBe('CS');
      expect(named?.[TAG.Modality]?.vr).toBe('CS');
      expect(named?.[TAG.StudyDate]).toBeUndefined();
      expect(plain?.[TAG.PatientID] ?? plain?.[TAG.Modality]).toBeUndefined();
    });

    it('gives the newest study first, and instances in the order of their numbers', async () => {
      const { results } = await index.search({ level: 'study', keys: [], include: [] }, ALL, NOW);
      const dates = results.map((result) => (firstText(result, TAG.StudyDate) ?? '').replaceAll('.', ''));
      expect(dates).toEqual([...dates].sort().reverse());
      const within = { studyInstanceUid: '1.2.1', seriesInstanceUid: '1.2.1.1' };
      const numbers = (await index.search({ level: 'instance', keys: [], include: [], within }, ALL, NOW)).results.map((result) =>
        firstText(result, TAG.InstanceNumber),
      );
      expect(numbers).toEqual(numbers.map((_, at) => String(at + 1)));
    });

    it('answers with the attributes of the level, those asked for, and all when asked', async () => {
      const one = cases[0];
      const key = parseMatchKey([TAG.SOPInstanceUID], 'UI', one?.sop ?? '');
      const [short] = (await index.search({ level: 'instance', keys: [key], include: ['00180060'] }, ALL, NOW)).results;
      expect(short?.['00180060']).toEqual(one?.header['00180060']);
      expect(short?.['00080008']).toBeUndefined();
      expect(short).toMatchObject({
        [TAG.StudyDate]: { vr: 'DA' },
        [TAG.Modality]: { vr: 'CS' },
        [TAG.InstanceAvailability]: { Value: ['ONLINE'] },
      });
      expect(Object.keys(short ?? {})).toEqual(Object.keys(short ?? {}).sort());
      const [whole] = (await index.search({ level: 'instance', keys: [key], include: 'all' }, ALL, NOW)).results;
      expect(whole).toMatchObject({ ...one?.header });
      const [study] = (
        await index.search({ level: 'study', keys: [], include: 'all', within: { studyInstanceUid: '1.2.1' } }, ALL, NOW)
      ).results;
      expect(study?.[TAG.SOPInstanceUID]).toBeUndefined();
      expect(study?.[TAG.NumberOfStudyRelatedInstances]?.Value).toEqual([
        cases.filter(({ study: uid }) => uid === '1.2.1').length,
      ]);
    });

    it('refuses to look through more headers than the limit, and says what to do', async () => {
      await using small = await engine.open('small', { searchHeaders: 500 });
      const many = Array.from(
        { length: 501 },
        (_, at): Case => ({ study: `2.${at}`, series: `2.${at}.1`, sop: `2.${at}.1.1`, header: cases[0]?.header ?? {} }),
      );
      await Promise.all(many.map((found, order) => small.add(indexed(found, order))));
      const key = parseMatchKey(['00081070'], 'PN', 'nobody');
      await expect(small.search({ level: 'study', keys: [key], include: [] }, ALL, NOW)).rejects.toMatchObject({
        code: 'limit-exceeded',
      });
    });
  });

  describe(`search over real files, ${name}`, () => {
    it('finds each by every attribute it has, as the brute-force matcher does', async () => {
      const cases: Case[] = [];
      for (const path of allFiles()) {
        try {
          const object = await inspectObject(bytesSource(new Uint8Array(readFileSync(join(filesRoot, path)))));
          cases.push({
            study: object.studyInstanceUid,
            series: object.seriesInstanceUid,
            sop: object.sopInstanceUid,
            header: object.header,
          });
        } catch (error) {
          expect(error).toBeInstanceOf(DicomError);
        }
      }
      const unique = [...new Map(cases.map((found) => [found.sop, found])).values()];
      await using index = await filled(engine, 'real', unique);
      const levels = {
        study: [TAG.PatientID, TAG.StudyDate, TAG.AccessionNumber, TAG.PatientName, TAG.StudyDescription],
        series: [TAG.Modality, TAG.SeriesDescription],
      };
      for (const level of ['study', 'series'] as const) {
        for (const tag of levels[level]) {
          for (const text of new Set(unique.map(({ header }) => firstText(header, tag)?.trim() ?? ''))) {
            const vr = unique.find(({ header }) => header[tag] !== undefined)?.header[tag]?.vr ?? 'LO';
            // A value that is itself a pattern, a range or a list asks for something else.
            if (/^[\^ ]*$/.test(text) || /[*?\\=-]/.test(text) || (vr === 'DA' && normaliseDate('DA', text) === undefined)) {
              continue;
            }
            const key: Asked = { level, vr, tags: [tag], text };
            const found = await searched(index, { level, keys: [keyOf(key, false)] });
            expect([...found].sort(), `${tag}=${text}`).toEqual([...bruteForce(unique, level, [key], false)].sort());
          }
        }
      }
    });
  });
}
