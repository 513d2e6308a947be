import { type DataSet, lookupTag, type MutableDataSet, tagOf, writeDataSet } from '@filmless/dicom';
import type { QueryServer } from './query-report.ts';

/** SOP classes of Query/Retrieve, Study Root. PS3.4 table C.6.2-1. */
export const STUDY_ROOT = {
  find: '1.2.840.10008.5.1.4.1.2.2.1',
  move: '1.2.840.10008.5.1.4.1.2.2.2',
  get: '1.2.840.10008.5.1.4.1.2.2.3',
} as const;

/** Root of the UIDs of the generated studies, which count from 1. */
const ROOT = '2.25.7260';
/** A step that meets every study before it comes back. */
const STEP = 7919;
/** The patients of the generated studies, and their days, of ten years. */
const PATIENTS_STEP = 7919;
const DAYS_STEP = 2741;
const TEN_YEARS = 3650;
const DAY_MS = 86_400_000;
const LAST_DAY = Date.UTC(2026, 5, 30);

/** What is asked about: studies that all servers have, so that all find the same. */
export interface Asked {
  /** How many studies the largest server has. */
  readonly studies: number;
  /** Numbers from 1 of some of them: all of some months, the newest. */
  readonly numbers: readonly number[];
}

/** Days before the last one. */
const daysAgo = (number: number): number => ((number - 1) * DAYS_STEP) % TEN_YEARS;
const two = (value: number): string => String(value).padStart(2, '0');

function dayOf(number: number): string {
  const day = new Date(LAST_DAY - daysAgo(number) * DAY_MS);
  return `${day.getUTCFullYear()}${two(day.getUTCMonth() + 1)}${two(day.getUTCDate())}`;
}

const monthOf = (number: number): string => dayOf(number).slice(0, 6);

/** The studies of the whole months among the newest `newest` of `studies`. */
export function askedOf(studies: number, newest: number): Asked {
  const all = Array.from({ length: studies }, (_, index) => index + 1);
  const held = all.toSorted((a, b) => daysAgo(a) - daysAgo(b) || a - b).slice(0, newest);
  const last = monthOf(held.at(-1) ?? 1);
  return { studies, numbers: held.filter((number) => monthOf(number) > last) };
}

/** One kind of question: `at` counts them, each asks for something else. */
export interface FindLine {
  readonly key: string;
  readonly title: string;
  /** Attributes that must match, by keyword. */
  keys(at: number, asked: Asked): Readonly<Record<string, string>>;
  readonly level: 'STUDY' | 'SERIES' | 'IMAGE';
  /** Who is not asked holds too little: only Filmless has all instances, and dcmqrscp has few studies. */
  readonly of: readonly QueryServer[];
}

const nth = (at: number, { numbers }: Asked): number => numbers[(at * STEP) % numbers.length] ?? 1;
function ofMonth(at: number, asked: Asked): string {
  const month = monthOf(nth(at, asked));
  const days = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(4)), 0)).getUTCDate();
  return `${month}01-${month}${days}`;
}
/** Written as they are stored: only Filmless finds them without their accents. */
const NAMES = ['Nguyễn^Thị L*', 'Trần^Văn*', 'Lê^*', 'Phạm^Minh*', 'Đặng*'];
const nameOf = (at: number): string => NAMES[at % NAMES.length] ?? '';
const MODALITIES = ['CT', 'MR', 'US', 'DX'];

const study = (
  key: string,
  title: string,
  keys: FindLine['keys'],
  of: FindLine['of'] = ['dcmqrscp', 'orthanc', 'filmless'],
): FindLine => ({ key, title, keys, level: 'STUDY', of });

export const FIND_LINES: readonly FindLine[] = [
  study('uid', 'a study by its UID', (at, asked) => ({ StudyInstanceUID: `${ROOT}.${nth(at, asked)}` })),
  study('accession', 'by accession number', (at, asked) => ({
    AccessionNumber: `AC${String(nth(at, asked)).padStart(8, '0')}`,
  })),
  study('patient', 'by patient id', (at, asked) => ({
    PatientID: `BN${String(((nth(at, asked) - 1) * PATIENTS_STEP) % Math.ceil(asked.studies * 0.7)).padStart(7, '0')}`,
  })),
  study('day', 'of a day', (at, asked) => ({ StudyDate: dayOf(nth(at, asked)) })),
  study('month', 'of a month', (at, asked) => ({ StudyDate: ofMonth(at, asked) })),
  study('recent', 'by name, wildcard, of the last months', (at, asked) => ({
    PatientName: nameOf(at),
    StudyDate: `${monthOf(asked.numbers.at(-1) ?? 1)}01-`,
  })),
  study('modality', 'of a modality and a month', (at, asked) => ({
    ModalitiesInStudy: MODALITIES[at % MODALITIES.length] ?? '',
    StudyDate: ofMonth(at, asked),
  })),
  study('name', 'by name, wildcard, of all years', (at) => ({ PatientName: nameOf(at) }), ['orthanc', 'filmless']),
  {
    key: 'series',
    title: 'series of a study',
    keys: (at, asked) => ({ StudyInstanceUID: `${ROOT}.${nth(at, asked)}` }),
    level: 'SERIES',
    of: ['filmless'],
  },
  {
    key: 'images',
    title: 'images of a series, 25 to 100',
    keys: (at, asked) => ({
      StudyInstanceUID: `${ROOT}.${nth(at, asked)}`,
      SeriesInstanceUID: `${ROOT}.${nth(at, asked)}.1`,
    }),
    level: 'IMAGE',
    of: ['filmless'],
  },
];

/** The one study with as many images in one series as the generator was told, behind the others. */
export function largeSeries(studies: number): Readonly<Record<string, string>> {
  return { StudyInstanceUID: `${ROOT}.${studies + 1}`, SeriesInstanceUID: `${ROOT}.${studies + 1}.1` };
}

/** What is asked for beside the keys. */
const RETURNED: Readonly<Record<FindLine['level'], readonly string[]>> = {
  STUDY: [
    'PatientName',
    'PatientID',
    'PatientBirthDate',
    'PatientSex',
    'StudyInstanceUID',
    'StudyDate',
    'StudyTime',
    'AccessionNumber',
    'StudyDescription',
    'ModalitiesInStudy',
  ],
  SERIES: ['StudyInstanceUID', 'SeriesInstanceUID', 'Modality', 'SeriesNumber', 'SeriesDescription'],
  IMAGE: ['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID', 'InstanceNumber'],
};

/** An identifier, Explicit VR Little Endian, in hexadecimal. PS3.4 C.4.1.1.3. */
export function identifier(level: FindLine['level'], keys: Readonly<Record<string, string>>, returned = true): string {
  const dataSet: MutableDataSet = {};
  const put = (keyword: string, value: string): void => {
    const tag = tagOf(keyword) ?? '';
    const vr = lookupTag(tag)?.vr ?? 'UN';
    dataSet[tag] = value === '' ? { vr } : { vr, Value: [vr === 'PN' ? { Alphabetic: value } : value] };
  };
  for (const keyword of returned ? RETURNED[level] : []) {
    put(keyword, '');
  }
  const isPlain = /^[\0-\x7f]*$/.test(Object.values(keys).join(''));
  for (const [keyword, value] of Object.entries({
    ...(isPlain ? {} : { SpecificCharacterSet: 'ISO_IR 192' }),
    QueryRetrieveLevel: level,
    ...keys,
  })) {
    put(keyword, value);
  }
  const sorted: DataSet = Object.fromEntries(Object.entries(dataSet).sort(([a], [b]) => (a < b ? -1 : 1)));
  return Buffer.from(writeDataSet(sorted, { explicitVr: true })).toString('hex');
}
