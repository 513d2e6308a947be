import { type DataSet, lookupTag, type MutableDataSet, tagOf, writeDataSet } from '@filmless/dicom';

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
/** Days of the generated studies, of ten years. */
const DAYS_STEP = 2741;
const TEN_YEARS = 3650;
const DAY_MS = 86_400_000;
const LAST_DAY = Date.UTC(2026, 5, 30);

/** One kind of question: `at` counts them, each asks for something else of `studies` studies. */
export interface FindLine {
  readonly key: string;
  readonly title: string;
  /** Attributes that must match, by keyword. */
  keys(at: number, studies: number): Readonly<Record<string, string>>;
  readonly level: 'STUDY' | 'SERIES' | 'IMAGE';
  /** False where the others hold too little to be asked: only Filmless has all instances. */
  readonly compared: boolean;
}

const nth = (at: number, studies: number): number => 1 + ((at * STEP) % studies);
const two = (value: number): string => String(value).padStart(2, '0');
/** The day of a generated study. */
function dayOf(number: number): string {
  const day = new Date(LAST_DAY - (((number - 1) * DAYS_STEP) % TEN_YEARS) * DAY_MS);
  return `${day.getUTCFullYear()}${two(day.getUTCMonth() + 1)}${two(day.getUTCDate())}`;
}
const monthOf = (at: number): string => `${2017 + (at % 9)}${two(1 + (at % 12))}`;
/** Written as they are stored: only Filmless finds them without their accents. */
const NAMES = ['Nguyễn^Thị L*', 'Trần^Văn*', 'Lê^*', 'Phạm^Minh*', 'Đặng*'];
const MODALITIES = ['CT', 'MR', 'US', 'PT'];

const study = (key: string, title: string, keys: FindLine['keys']): FindLine => ({
  key,
  title,
  keys,
  level: 'STUDY',
  compared: true,
});

export const FIND_LINES: readonly FindLine[] = [
  study('uid', 'a study by its UID', (at, studies) => ({ StudyInstanceUID: `${ROOT}.${nth(at, studies)}` })),
  study('accession', 'by accession number', (at, studies) => ({
    AccessionNumber: `AC${String(nth(at, studies)).padStart(8, '0')}`,
  })),
  // The generator gives patients the numbers from 0 on, 7 to 10 studies.
  study('patient', 'by patient id', (at, studies) => ({
    PatientID: `BN${String((at * 37) % Math.ceil(studies * 0.7)).padStart(7, '0')}`,
  })),
  study('day', 'of a day', (at, studies) => ({ StudyDate: dayOf(nth(at, studies)) })),
  study('month', 'of a month', (at) => ({ StudyDate: `${monthOf(at)}01-${monthOf(at)}28` })),
  study('name', 'by name, wildcard', (at) => ({ PatientName: NAMES[at % NAMES.length] ?? '' })),
  study('modality', 'of a modality and a month', (at) => ({
    ModalitiesInStudy: MODALITIES[at % MODALITIES.length] ?? '',
    StudyDate: `${monthOf(at)}01-${monthOf(at)}28`,
  })),
  {
    key: 'series',
    title: 'series of a study',
    keys: (at, studies) => ({ StudyInstanceUID: `${ROOT}.${nth(at, studies)}` }),
    level: 'SERIES',
    compared: false,
  },
  {
    key: 'images',
    title: 'images of a series, 25 to 100',
    keys: (at, studies) => ({
      StudyInstanceUID: `${ROOT}.${nth(at, studies)}`,
      SeriesInstanceUID: `${ROOT}.${nth(at, studies)}.1`,
    }),
    level: 'IMAGE',
    compared: false,
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
