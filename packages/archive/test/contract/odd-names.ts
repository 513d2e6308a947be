import { firstText, fold, parseMatchKey, TAG } from '@filmless/dicom';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SearchQuery, SearchResult } from '../../src/core/archive-core.ts';
import type { SqlIndex } from '../../src/index/sql-index.ts';
import { ALL } from '../support/archive.ts';
import { bruteForce } from '../support/brute-force.ts';
import type { IndexEngine, StartEngine } from '../support/index-engines.ts';
import { type Case, indexed, randomOf } from '../support/search-cases.ts';

const NOW = '2026-06-01T00:00:00.000Z';

/** What the languages of searches, patterns and names mean something by; letters with marks, of several scripts, and alike ones. */
const PIECES: readonly string[] = [
  ...['Nguyễn', 'nguyen', 'Đỗ', 'đo', 'Thị', 'thi', 'Vân', 'van', 'Ý', 'ẞ', 'İ', '山田', 'ﬁ', 'e\u0301', '\u0301'],
  ...[
    "O'Neil",
    '"quoted"',
    'a-b',
    '-an',
    'AND',
    'OR',
    'NOT',
    'NEAR(x)',
    'x:y',
    '(z',
    '+',
    '%',
    '_',
    '[ab]',
    '{c}',
    '100%',
    'a_b',
    `long${'g'.repeat(80)}end`,
  ],
  ...['.', '^', '^', ' '],
];

function namesOf(count: number): readonly string[] {
  const random = randomOf(99);
  const piece = () => PIECES[Math.floor(random() * PIECES.length)] ?? '';
  const some = (most: number) => Array.from({ length: 1 + Math.floor(random() * most) }, piece);
  return Array.from({ length: count }, () => `${some(2).join('')}^${some(3).join(' ')}^${piece()}`.replace(/^[ ^]+|[ ^]+$/g, ''));
}

/** Many of one moment: nothing they say orders them. */
function caseOf(name: string, at: number): Case {
  const uid = `3.${at}`;
  const header = {
    ...(name === '' ? {} : { [TAG.PatientName]: { vr: 'PN' as const, Value: [{ Alphabetic: name }] } }),
    [TAG.StudyDate]: { vr: 'DA' as const, Value: [at % 2 === 0 ? '20260101' : '20251231'] },
  };
  return { study: uid, series: `${uid}.1`, sop: `${uid}.1.1`, header };
}

const facilityOf = (order: number): string => (order % 3 === 0 ? 'branch' : 'main');

const SCOPES = [ALL, { facilities: ['branch'] }, { facilities: ['main', 'branch'] }] as const;

/** A piece of a name as somebody might ask for it. */
const cut = fc.record({
  of: fc.nat(1000),
  from: fc.nat(12),
  length: fc.integer({ min: 1, max: 9 }),
  hole: fc.nat(30),
  isOpenBefore: fc.boolean(),
  isOpenBehind: fc.boolean(),
  isPlain: fc.boolean(),
});

function patternOf(
  names: readonly string[],
  { of, from, length, hole, ...as }: typeof cut extends fc.Arbitrary<infer C> ? C : never,
): string {
  const whole = names[of % names.length] ?? '';
  const piece = (as.isOpenBefore ? whole.slice(from) : whole).slice(0, as.isOpenBehind ? length : undefined);
  const holed = [...piece].map((letter, at) => (at === hole ? '?' : letter)).join('');
  return `${as.isOpenBefore ? '*' : ''}${as.isPlain ? fold(holed) : holed}${as.isOpenBehind ? '*' : ''}`;
}

async function pagesOf(index: SqlIndex, text: string, scope: (typeof SCOPES)[number]): Promise<readonly string[]> {
  const key = parseMatchKey([TAG.PatientName], 'PN', text, { fuzzy: false });
  const uids: string[] = [];
  for (let after: string | null = ''; after !== null; ) {
    const page: SearchQuery = { level: 'study', keys: [key], include: [], limit: 4, ...(after === '' ? {} : { after }) };
    const found: SearchResult = await index.search(page, scope, NOW);
    uids.push(...found.results.map((result) => firstText(result, TAG.StudyInstanceUID) ?? ''));
    after = found.next;
  }
  return uids;
}

/** What every engine finds alike. */
export function oddNamesContract(name: string, start: StartEngine): void {
  let engine: IndexEngine;
  beforeAll(async () => {
    engine = await start();
  });
  afterAll(async () => {
    await engine[Symbol.asyncDispose]();
  });

  it(`finds names of odd letters by any part of them, for a facility, page by page, as a plain matcher does, ${name}`, async () => {
    const names = namesOf(80);
    const cases = names.map(caseOf);
    await using index = await engine.open('odd');
    await Promise.all(cases.map((found, order) => index.add(indexed(found, order, facilityOf(order)))));
    await fc.assert(
      fc.asyncProperty(cut, fc.constantFrom(...SCOPES), async (piece, scope) => {
        const text = patternOf(names, piece);
        // What is empty or all wildcards asks for something else.
        fc.pre(!/^[*^ ]*$/.test(text) && fold(text.replaceAll('*', '')) !== '');
        const own = cases.filter((_, order) => scope.facilities === 'all' || scope.facilities.includes(facilityOf(order)));
        const uids = await pagesOf(index, text, scope);
        expect(new Set(uids).size, text).toBe(uids.length);
        expect(uids.toSorted(), text).toEqual(
          bruteForce(own, 'study', [{ level: 'study', vr: 'PN', tags: [TAG.PatientName], text }], false).toSorted(),
        );
      }),
      { numRuns: 150 },
    );
  });
}
