import {
  type Attribute,
  type DataSet,
  DicomError,
  fold,
  itemsOf,
  lookupTag,
  type MatchKey,
  matchesAll,
  matchesGlob,
  parseMatchKey,
  type TagKey,
  tagOf,
  texts,
  type Vr,
} from '@filmless/dicom';
import { didYouMean } from './near-word.ts';
import type { TagCondition } from './rule.ts';

/** VRs whose text is compared folded: without case, accents and marks. A name is too, in its own way. */
const FOLDED: ReadonlySet<Vr> = new Set<Vr>(['AE', 'AS', 'CS', 'LO', 'LT', 'SH', 'ST', 'UC', 'UR', 'UT']);
const BINARY: ReadonlySet<Vr> = new Set<Vr>(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN', 'AT']);
/** What a private attribute most often is; the dictionary does not know it. */
const PRIVATE_VR: Vr = 'LO';
/** PS3.3 nests sequences up to some 8 deep where a header says something of the whole. */
const MOST_LEVELS = 8;
/** The longest text but UT has so many: comparing takes time that grows with it. */
const MOST_COMPARED = 10_240;

/** Words like those of the dictionary for a misspelt keyword; more than these nobody asks for. */
const COMMON: readonly string[] = [
  ...[
    'Modality',
    'PatientID',
    'PatientName',
    'PatientSex',
    'PatientAge',
    'PatientBirthDate',
    'AccessionNumber',
    'BodyPartExamined',
  ],
  ...['StudyDescription', 'SeriesDescription', 'ProtocolName', 'StationName', 'InstitutionName', 'InstitutionalDepartmentName'],
  ...['RequestingService', 'RequestingPhysician', 'ReferringPhysicianName', 'PerformingPhysicianName', 'Manufacturer', 'StudyID'],
  ...['ManufacturerModelName', 'RequestedProcedureDescription', 'RequestedProcedurePriority', 'RequestAttributesSequence'],
  ...['StudyDate', 'StudyTime', 'SOPClassUID', 'ImageType', 'InstanceNumber', 'SeriesNumber', 'CurrentPatientLocation'],
  ...['PatientTelephoneNumbers', 'PatientAddress', 'IssuerOfPatientID', 'OtherPatientIDs', 'OperatorsName', 'PatientComments'],
  ...['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID', 'PerformedProcedureStepDescription', 'SoftwareVersions'],
];

/** What is wrong with a tag or the value it must have, as a sentence. */
export interface TagFault {
  readonly fault: string;
}

/** `PatientName`, `(0010,0010)` or `00100010`. */
export function parseTag(text: string): { readonly tag: TagKey; readonly vr: Vr } | TagFault {
  const word = text.trim();
  const [, group, element] = /^\(?([0-9A-Fa-f]{4}),?([0-9A-Fa-f]{4})\)?$/.exec(word) ?? [];
  const tag = group === undefined ? tagOf(word) : `${group}${element}`.toUpperCase();
  if (tag === undefined || tag === '') {
    const hint = didYouMean(word, COMMON) || ' Write a keyword of the standard, as Modality, or a tag, as (0008,0060).';
    return { fault: `There is no attribute "${word.slice(0, 80)}".${hint}` };
  }
  if (tag.startsWith('0000') || tag.startsWith('0002') || tag.startsWith('FFFE')) {
    return { fault: `(${tag.slice(0, 4)},${tag.slice(4)}) is no attribute of an image: it belongs to its transport.` };
  }
  return { tag, vr: lookupTag(tag)?.vr ?? PRIVATE_VR };
}

/** `Modality`, or through sequences `RequestAttributesSequence.ScheduledProcedureStepID`. */
export function parseTagPath(text: string): Pick<TagCondition, 'path' | 'name' | 'vr'> | TagFault {
  const name = text.trim();
  const words = name.split('.');
  if (words.length > MOST_LEVELS) {
    return { fault: `"${name.slice(0, 80)}" goes through more than ${MOST_LEVELS - 1} sequences.` };
  }
  const tags: TagKey[] = [];
  let vr: Vr = 'SQ';
  for (const [index, word] of words.entries()) {
    const parsed = parseTag(word);
    if ('fault' in parsed) {
      return parsed;
    }
    const last = index === words.length - 1;
    if (!last && parsed.vr !== 'SQ' && lookupTag(parsed.tag) !== undefined) {
      return { fault: `${word} is no sequence: nothing lies within it. Write ${word} alone.` };
    }
    tags.push(parsed.tag);
    vr = parsed.vr;
  }
  const [first, ...rest] = tags;
  if (first === undefined || vr === 'SQ' || BINARY.has(vr)) {
    const why = vr === 'SQ' ? `is a sequence. Name an attribute within it: ${name}.CodeValue` : 'has no text to compare';
    return { fault: `${name} ${why}${vr === 'SQ' ? '' : `, but bytes (${vr})`}.` };
  }
  return { path: [first, ...rest], name, vr };
}

/** Undefined when the value is one that the attribute can have. */
export function valueFault({ path, name, vr }: Pick<TagCondition, 'path' | 'name' | 'vr'>, wanted: string): string | undefined {
  try {
    keyOf(path, vr, wanted);
    return undefined;
  } catch (error) {
    if (!(error instanceof DicomError)) {
      throw error;
    }
    const examples: Partial<Record<Vr, string>> = {
      DA: 'a day, as 20260131, or a range of days, as 20260101-20260131',
      TM: 'a time, as 0730, or a range, as 0730-1200',
      DT: 'a moment, as 20260131073000, or a range',
    };
    return `"${wanted.slice(0, 60)}" is no value of ${name} (${vr}). Write ${examples[vr] ?? 'a number'}.`;
  }
}

function keyOf(path: TagCondition['path'], vr: Vr, wanted: string): MatchKey {
  // An absent value is an empty one: "" asks for it, as does nothing at all.
  return parseMatchKey([path.at(-1) ?? path[0]], vr, wanted.trim() === '' ? '""' : wanted);
}

/** Tells whether one of the wanted values fits; what is absent is empty text. */
export type TagTest = (header: DataSet) => boolean;

/** Made once a rule, asked once an instance. @throws DicomError for what `valueFault` names */
export function tagTest({ path, vr, wanted }: Pick<TagCondition, 'path' | 'vr' | 'wanted'>): TagTest {
  const leaf = path.at(-1) ?? path[0];
  const tests = wanted.map((text) => (FOLDED.has(vr) ? foldedTest(text) : searchTest(keyOf(path, vr, text), leaf)));
  return (header) => {
    const found = attributesAt(header, path);
    return tests.some((test) => found.some(test));
  };
}

type AttributeTest = (attribute: Attribute | undefined) => boolean;

function foldedTest(wanted: string): AttributeTest {
  const pattern = fold(wanted === '""' ? '' : wanted);
  const test = /[*?]/.test(pattern) ? (text: string) => matchesGlob(pattern, text) : (text: string) => text === pattern;
  return (attribute) => {
    const values = attribute === undefined ? [] : texts({ '00000000': attribute }, '00000000');
    return (values.length === 0 ? [''] : values).some((value) => test(fold(value.slice(0, MOST_COMPARED))));
  };
}

function searchTest(key: MatchKey, leaf: TagKey): AttributeTest {
  return (attribute) => matchesAll(attribute === undefined ? {} : { [leaf]: attribute }, [key]);
}

/** The attribute in every item on the way; one that is not there where no item is. */
function attributesAt(header: DataSet, path: readonly TagKey[]): readonly (Attribute | undefined)[] {
  const [first = '', ...rest] = path;
  if (rest.length === 0) {
    return [header[first]];
  }
  const items = itemsOf(header[first]);
  return items.length === 0 ? [undefined] : items.flatMap((item) => attributesAt(item, rest));
}

/** What a header has there, for a person to read. */
export function foundText(header: DataSet, path: readonly TagKey[]): string {
  return attributesAt(header, path)
    .flatMap((attribute) => (attribute === undefined ? [] : texts({ '00000000': attribute }, '00000000')))
    .join('\\')
    .slice(0, 200);
}
