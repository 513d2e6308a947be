import type { Scope } from '@filmless/access';
import { fold, parseMatchKey, TAG, type TagKey, type Vr } from '@filmless/dicom';
import type { SearchQuery } from '../../src/core/archive-core.ts';
import type { Index } from '../../src/core/index-port.ts';
import type { StudyListQuery } from '../../src/core/model.ts';

/** A study of the index that is asked about. */
export interface Sample {
  readonly study: string;
  readonly series: string;
  readonly patientId: string;
  readonly accession: string;
  readonly birthDate: string;
  readonly name: string;
  readonly date: string;
}

/** One kind of question, of which each asks for something else. */
export interface QuestionLine {
  readonly key: string;
  readonly title: string;
  ask(index: Index, sample: Sample, at: number): Promise<{ readonly found: number }>;
}

export const NOW = '2026-07-03T00:00:00.000Z';
const ALL: Scope = { facilities: 'all' };
const ONE: Scope = { facilities: ['clinic'] };
const TWO: Scope = { facilities: ['west', 'clinic'] };

/** Asks the index itself, past what it is for. */
export type AskSql = (
  sql: string,
  parameters: readonly (number | bigint)[],
) => Promise<readonly Readonly<Record<string, unknown>>[]>;

/** Studies at even distances along the index. */
export async function samplesOf(ask: AskSql, count: number): Promise<readonly Sample[]> {
  const [ends] = await ask('SELECT min(id) AS first, max(id) AS last FROM study', []);
  const [first, last] = [Number(ends?.first), Number(ends?.last)];
  const samples: Sample[] = [];
  for (let number = 0; number < count; number += 1) {
    const [row] = await ask(
      `SELECT study_instance_uid AS study, (SELECT series_instance_uid FROM series WHERE study_id = study.id ORDER BY instance_count DESC LIMIT 1) AS series,
        patient_id AS "patientId", accession_number AS accession, birth_date AS "birthDate", name_alphabetic AS name, study_date AS date
      FROM study WHERE id >= ? ORDER BY id LIMIT 1`,
      [BigInt(Math.floor(first + (last - first) * ((number * 0.618) % 1)))],
    );
    samples.push(row as unknown as Sample);
  }
  return samples;
}

const page = async (index: Index, list: Partial<StudyListQuery>, scope = ALL) => ({
  found: (await index.listStudies({ limit: 50, ...list }, scope, NOW)).studies.length,
});
const search = async (index: Index, query: Omit<SearchQuery, 'include'>, scope = ALL) => ({
  found: (await index.search({ limit: 50, ...query, include: [] }, scope, NOW)).results.length,
});
const key = (tag: TagKey, vr: Vr, text: string) => parseMatchKey([tag], vr, text, { fuzzy: false });
const byName = (text: string) => [key(TAG.PatientName, 'PN', text)];
const of = (values: readonly string[], at: number): string => values[at % values.length] ?? '';
const dashed = (date: string) => `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
const monthOf = (date: string) => `${date.slice(0, 6)}01-${date.slice(0, 6)}28`;
const yearOf = (date: string) => `${date.slice(0, 4)}0101-${date.slice(0, 4)}1231`;

const FREQUENT = ['nguyen', 'tran', 'thi', 'van', 'le', 'pham'];
const RARE = ['nie', 'kpa', 'khong', 'khue', 'nghi', 'thach'];
const SHORT = ['an', 'le', 'vu', 'ly', 'y', 'my', 'ha', 'do'];
const KINDS = ['CT', 'MG', 'MR', 'XA', 'SR', 'DX'];

const line = (key: string, title: string, ask: QuestionLine['ask']): QuestionLine => ({ key, title, ask });

/** The list has 50 studies a page, and how many there are, exact to 1,000. */
export const QUESTIONS: readonly QuestionLine[] = [
  line('first', 'list, first page', (index) => page(index, {})),
  line('patient', 'list, by patient id', (index, { patientId }) => page(index, { patientId })),
  line('accession', 'list, by accession number', (index, { accession }) => page(index, { accessionNumber: accession })),
  line('frequent', 'list, frequent name (`nguyen`)', (index, _, at) => page(index, { q: of(FREQUENT, at) })),
  line('rare', 'list, rare name (`khue`)', (index, _, at) => page(index, { q: of(RARE, at) })),
  line('short', 'list, two letters (`an`)', (index, _, at) => page(index, { q: of(SHORT, at) })),
  line('words', 'list, all words of a name', (index, { name }) => page(index, { q: fold(name) })),
  line('part', 'list, beginning of a patient id', (index, { patientId }, at) =>
    page(index, { q: patientId.slice(0, 4 + (at % 6)) }),
  ),
  line('month', 'list, of a month', (index, { date }) =>
    page(index, { from: `${dashed(date).slice(0, 7)}-01`, to: `${dashed(date).slice(0, 7)}-28` }),
  ),
  line('modality', 'list, by modality', (index, _, at) => page(index, { modality: of(KINDS, at) })),
  line('all-three', 'list, of a year, modality and name', (index, { date }, at) =>
    page(index, {
      from: `${date.slice(0, 4)}-01-01`,
      to: `${date.slice(0, 4)}-12-31`,
      modality: of(KINDS, at),
      q: of(FREQUENT, at >> 2),
    }),
  ),
  line('rare-both', 'list, rare modality and frequent name', (index, _, at) =>
    page(index, { modality: 'MG,XA', q: of(FREQUENT, at) }),
  ),
  line('facility', 'list, of a facility with 2 % of all', (index) => page(index, { facility: 'clinic' })),
  line('own', 'that facility: first page', (index) => page(index, {}, ONE)),
  line('own-name', 'that facility: frequent name', (index, _, at) => page(index, { q: of(FREQUENT, at) }, ONE)),
  line('own-modality', 'that facility: modality of a year', (index, { date }, at) =>
    page(index, { from: `${date.slice(0, 4)}-01-01`, modality: of(KINDS, at) }, ONE),
  ),
  line('two', 'two facilities with 10 %: first page', (index) => page(index, {}, TWO)),
  line('two-name', 'two facilities: rare name', (index, _, at) => page(index, { q: of(RARE, at) }, TWO)),
  line('detail', 'a study with its series', async (index, { study }) => ({
    found: (await index.studyDetail(study, ALL, NOW))?.series.length ?? 0,
  })),
  line('uid', 'search, a study by its UID', (index, { study }) =>
    search(index, { level: 'study', keys: [key(TAG.StudyInstanceUID, 'UI', study)] }),
  ),
  line('born', 'search, by birth date', (index, { birthDate }) =>
    search(index, { level: 'study', keys: [key(TAG.PatientBirthDate, 'DA', birthDate)] }),
  ),
  line('begins', 'search, name by its beginning (`Nguyễn^Thị H*`)', (index, { name }, at) =>
    search(index, { level: 'study', keys: byName(`${name.slice(0, 5 + (at % 8))}*`) }),
  ),
  line('ends', 'search, name by its end (`*hương`)', (index, _, at) =>
    search(index, { level: 'study', keys: byName(`*${of(['hương', 'khuê', 'an', 'ý', 'nghị'], at)}`) }),
  ),
  line('inside', 'search, part of a name (`*guy*`)', (index, _, at) =>
    search(index, { level: 'study', keys: byName(`*${of(['guy', 'hươ', 'khu', 'zz', 'uyệ'], at)}*`) }),
  ),
  line('id-begins', 'search, patient id by its beginning', (index, { patientId }, at) =>
    search(index, { level: 'study', keys: [key(TAG.PatientID, 'LO', `${patientId.slice(0, 4 + (at % 6))}*`)] }),
  ),
  line('date-kind-name', 'search, month, modality and name', (index, { date }, at) =>
    search(index, {
      level: 'study',
      keys: [
        key(TAG.StudyDate, 'DA', monthOf(date)),
        key(TAG.ModalitiesInStudy, 'CS', of(KINDS, at)),
        ...byName(`${of(['Nguyễn', 'Trần', 'Lê'], at)}*`),
      ],
    }),
  ),
  line('patients', 'search, patients by name and year', (index, { date }, at) =>
    search(index, { level: 'patient', keys: [key(TAG.StudyDate, 'DA', yearOf(date)), ...byName(`${of(FREQUENT, at)}*`)] }),
  ),
  line('patient-names', 'search, patients by name', (index, _, at) =>
    search(index, { level: 'patient', keys: byName(`${of([...FREQUENT, ...RARE], at)}*`) }),
  ),
  line('instances', "search, a series' instances", (index, { study, series }) =>
    search(index, { level: 'instance', keys: [], within: { studyInstanceUid: study, seriesInstanceUid: series } }),
  ),
  line('statistics', 'what is kept', async (index) => ({ found: (await index.statistics()).studies })),
];
