import { STORE_LINES, type Stored } from './storing.ts';

/** What the program that fills an index says of it. */
export interface Loaded {
  readonly studies: number;
  readonly instances: number;
  readonly seconds: number;
  readonly bytes: number;
}

/** A study that is asked about. */
export interface Sample {
  readonly study: string;
  readonly series: string;
  readonly patientId: string;
  readonly accession: string;
  readonly date: string;
}

export interface ScaleRun {
  /** Asked of the index in its own process; by line, in ms. */
  readonly lines: Readonly<Record<string, { readonly ms: readonly number[] }>>;
  /** Through the archive's core, small objects. */
  readonly stored: { readonly perSecond: number; readonly ms: readonly number[] };
  /** Asked of a server. */
  readonly server: ReadonlyMap<string, readonly number[]>;
  readonly sent: ReadonlyMap<string, Stored>;
  readonly memory: number;
}

export interface ScaleSize {
  /** Instances, about. */
  readonly size: number;
  readonly loaded: Loaded;
  readonly filmless: ScaleRun;
  readonly orthanc?: ScaleRun['server'];
}

/** Titles of what the archive's program asks the index; its file has the questions (`packages/archive/test/support/index-questions.ts`). */
export const INDEX_LINES: readonly (readonly [key: string, title: string])[] = [
  ['first', 'list, first page'],
  ['patient', 'list, by patient id'],
  ['accession', 'list, by accession number'],
  ['frequent', 'list, frequent name (`nguyen`)'],
  ['rare', 'list, rare name (`khue`)'],
  ['short', 'list, two letters (`an`)'],
  ['words', 'list, all words of a name'],
  ['part', 'list, beginning of a patient id'],
  ['month', 'list, of a month'],
  ['modality', 'list, by modality'],
  ['all-three', 'list, of a year, modality and name'],
  ['rare-both', 'list, rare modality and frequent name'],
  ['facility', 'list, of a facility with 2 % of all'],
  ['own', 'that facility: first page'],
  ['own-name', 'that facility: frequent name'],
  ['own-modality', 'that facility: modality of a year'],
  ['two', 'two facilities with 10 %: first page'],
  ['two-name', 'two facilities: rare name'],
  ['detail', 'a study with its series'],
  ['uid', 'search, a study by its UID'],
  ['born', 'search, by birth date'],
  ['begins', 'search, name by its beginning (`Nguyễn^Thị H*`)'],
  ['ends', 'search, name by its end (`*hương`)'],
  ['inside', 'search, part of a name (`*guy*`)'],
  ['id-begins', 'search, patient id by its beginning'],
  ['date-kind-name', 'search, month, modality and name'],
  ['patients', 'search, patients by name and year'],
  ['patient-names', 'search, patients by name'],
  ['instances', "search, a series' instances"],
  ['statistics', 'what is kept'],
];

interface HttpLine {
  readonly key: string;
  readonly title: string;
  path(sample: Sample, at: number): string;
}

interface FindLine {
  readonly key: string;
  readonly title: string;
  keys(sample: Sample, at: number): Readonly<Record<string, string>>;
}

const FAMILIES = ['Nguyễn', 'Trần', 'Lê'];
const KINDS = ['CT', 'US', 'DX'];
const of = (values: readonly string[], at: number): string => values[at % values.length] ?? '';
const monthOf = ({ date }: Sample): string => `${date.slice(0, 6)}01-${date.slice(0, 6)}28`;
const web = (parameters: Readonly<Record<string, string>>): string =>
  `/dicom-web/studies?${new URLSearchParams({ ...parameters, limit: '50' }).toString()}`;

/** Asked of a server as its clients do. */
export const SERVER_LINES: readonly (HttpLine | FindLine)[] = [
  { key: 'api-first', title: 'the list of the page, first 50', path: () => '/api/studies?limit=50' },
  {
    key: 'api-name',
    title: 'the list of the page, by name',
    path: (_, at) => `/api/studies?limit=50&q=${of(['nguyen', 'tran', 'an', 'le'], at)}`,
  },
  { key: 'web-first', title: 'QIDO-RS, first 50', path: () => web({}) },
  { key: 'web-patient', title: 'QIDO-RS, by patient id', path: ({ patientId }) => web({ PatientID: patientId }) },
  { key: 'web-name', title: 'QIDO-RS, by name', path: (_, at) => web({ PatientName: `${of(FAMILIES, at)}*` }) },
  {
    key: 'web-three',
    title: 'QIDO-RS, month, modality and name',
    path: (sample, at) =>
      web({ StudyDate: monthOf(sample), ModalitiesInStudy: of(KINDS, at), PatientName: `${of(FAMILIES, at)}*` }),
  },
  {
    key: 'web-instances',
    title: "QIDO-RS, a series' instances",
    path: ({ study, series }) => `/dicom-web/studies/${study}/series/${series}/instances`,
  },
  { key: 'find-patient', title: 'C-FIND, by patient id', keys: ({ patientId }) => ({ PatientID: patientId }) },
  {
    key: 'find-day',
    title: 'C-FIND, of a day and by modality',
    keys: ({ date }, at) => ({ StudyDate: date, ModalitiesInStudy: of(KINDS, at) }),
  },
  {
    key: 'find-name',
    title: 'C-FIND, month and name',
    keys: (sample, at) => ({ StudyDate: monthOf(sample), PatientName: `${of(FAMILIES, at)}*` }),
  },
];

export const STORED_LINES: typeof STORE_LINES = STORE_LINES.filter(({ key }) => key === 'ct-4' || key === 'small-4');
