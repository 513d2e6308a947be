import { firstText } from '../dataset/accessors.ts';
import type { Attribute, DataSet, TagKey } from '../dataset/model.ts';
import { DicomError } from '../errors.ts';
import type { Vr } from '../vr.ts';
import type { DirectoryFile } from './directory.ts';

/** A leaf of a directory: what kind of record an object has, and which of its attributes the record repeats. PS3.3 F.5. */
interface LeafKind {
  readonly type: string;
  readonly keys: readonly TagKey[];
}

const INSTANCE_NUMBER: TagKey = '00200013';
const CONTENT_DATE: TagKey = '00080023';
const CONTENT_TIME: TagKey = '00080033';
const CONCEPT_NAME: TagKey = '0040A043';
const CONTENT = [INSTANCE_NUMBER, CONTENT_DATE, CONTENT_TIME] as const;
/** Label, description and creator. PS3.3 table 10-12. */
const IDENTIFIED = ['00700080', '00700081', '00700084'] as const;

/** PS3.3 F.5.4 and those that follow it. */
const IMAGE: LeafKind = { type: 'IMAGE', keys: ['00080008', INSTANCE_NUMBER, '00280010', '00280011'] };
const REPORT: LeafKind = { type: 'SR DOCUMENT', keys: [...CONTENT, '0040A491', '0040A493', '0040A030', CONCEPT_NAME] };
const TREATMENT: LeafKind = { type: 'RT TREAT RECORD', keys: [INSTANCE_NUMBER, '30080250', '30080251'] };
const PLAN: LeafKind = { type: 'RT PLAN', keys: [INSTANCE_NUMBER, '300A0002', '300A0006', '300A0007'] };
const REGISTRATION: LeafKind = { type: 'REGISTRATION', keys: [...CONTENT, ...IDENTIFIED] };

/** By the root of the SOP class UID under 1.2.840.10008.5.1.4.1.1; the first that fits. PS3.3 F.4, PS3.4 B.5. */
const LEAVES: readonly (readonly [root: string, kind: LeafKind])[] = [
  ['88.59', { type: 'KEY OBJECT DOC', keys: [...CONTENT, CONCEPT_NAME] }],
  ['88.', REPORT],
  ['11.', { type: 'PRESENTATION', keys: [INSTANCE_NUMBER, ...IDENTIFIED, '00700082', '00700083', '00081115'] }],
  ['9.', { type: 'WAVEFORM', keys: CONTENT }],
  ['104.', { type: 'ENCAP DOC', keys: [...CONTENT, '00420010', '0040E001', CONCEPT_NAME, '00420012'] }],
  ['481.2', { type: 'RT DOSE', keys: [INSTANCE_NUMBER, '3004000A'] }],
  ['481.3', { type: 'RT STRUCTURE SET', keys: [INSTANCE_NUMBER, '30060002', '30060008', '30060009'] }],
  ['481.5', PLAN],
  ['481.8', PLAN],
  ['481.4', TREATMENT],
  ['481.6', TREATMENT],
  ['481.7', TREATMENT],
  ['481.9', TREATMENT],
  ['4.2', { type: 'SPECTROSCOPY', keys: ['00080008', ...CONTENT, '00280008', '00280010', '00280011'] }],
  ['66.1', REGISTRATION],
  ['66.3', REGISTRATION],
  ['66.2', { ...REGISTRATION, type: 'FIDUCIAL' }],
  ['66.5', { ...REGISTRATION, type: 'SURFACE' }],
  ['67', { ...REGISTRATION, type: 'VALUE MAP' }],
  ['77.1.5.3', { type: 'STEREOMETRIC', keys: [INSTANCE_NUMBER] }],
  ['78.', { type: 'MEASUREMENT', keys: [...CONTENT] }],
];

const STORAGE = '1.2.840.10008.5.1.4.1.1.';
const ROWS: TagKey = '00280010';
/** What has no pixels and no record of its own kind. PS3.3 F.5.22. */
const RAW: LeafKind = { type: 'RAW DATA', keys: CONTENT };

function kindOf(header: DataSet, sopClassUid: string): LeafKind {
  const below = sopClassUid.startsWith(STORAGE) ? sopClassUid.slice(STORAGE.length) : '';
  const known = LEAVES.find(([root]) => (root.endsWith('.') ? below.startsWith(root) : below === root));
  return known?.[1] ?? (header[ROWS] === undefined ? RAW : IMAGE);
}

const PATIENT: readonly TagKey[] = ['00100010', '00100020', '00100030', '00100040'];
const STUDY: readonly TagKey[] = ['00080020', '00080030', '00080050', '00081030', '0020000D', '00200010'];
const SERIES: readonly TagKey[] = ['00080060', '0008103E', '0020000E', '00200011'];

/** Where an object leaves open when it was made: other times it has, the nearest first. */
const OTHER_DATES: readonly TagKey[] = ['00080023', '00080022', '00080021', '00080020'];
const NO_DATE = '19000101';
const NO_TIME = '000000';

const COPIED_TEXTS: ReadonlySet<string> = new Set(['IMAGE', 'SPECTROSCOPY']);

/**
 * How an object stands in a DICOMDIR. What a record has to have and the object has not is made up so that readers take it: a date of
 * 1900, a number that counts. PS3.3 F.5.
 * @param path folders and file, as `writeDirectory` asks for
 * @param place which of the files it is, from 1
 * @throws DicomError `missing-attribute` without SOP Class, SOP Instance, Study or Series Instance UID
 */
export function directoryFileOf(
  header: DataSet,
  {
    path,
    place,
    transferSyntaxUid,
  }: { readonly path: readonly string[]; readonly place: number; readonly transferSyntaxUid: string },
): DirectoryFile {
  const sopClassUid = needed(header, '00080016');
  const kind = kindOf(header, sopClassUid);
  const record: Record<TagKey, Attribute> = {
    '00041430': value('CS', kind.type),
    '00041500': value('CS', ...path),
    '00041510': value('UI', sopClassUid),
    '00041511': value('UI', needed(header, '00080018')),
    '00041512': value('UI', transferSyntaxUid),
    ...copied(header, kind.keys),
  };
  fill(record, INSTANCE_NUMBER, 'IS', String(place));
  if (kind.keys.includes(CONTENT_DATE)) {
    fill(record, CONTENT_DATE, 'DA', dateOf(header));
    fill(record, CONTENT_TIME, 'TM', firstText(header, '00080030') || NO_TIME);
  }
  if (!COPIED_TEXTS.has(kind.type)) {
    fillWanted(record, kind);
  }
  return { path, record, patient: patientOf(header), study: studyOf(header), series: seriesOf(header) };
}

/** Type 1 of the records that documents, states and plans have. */
function fillWanted(record: Record<TagKey, Attribute>, { type, keys }: LeafKind): void {
  const wanted: Readonly<Record<TagKey, Attribute>> = {
    '0040A491': value('CS', 'PARTIAL'),
    '0040A493': value('CS', 'UNVERIFIED'),
    '00700080': value('CS', 'UNNAMED'),
    '00700082': value('DA', NO_DATE),
    '00700083': value('TM', NO_TIME),
    '00420012': value('LO', 'application/octet-stream'),
    '3004000A': value('CS', 'PLAN'),
    '30060002': value('SH', 'UNNAMED'),
    '300A0002': value('SH', 'UNNAMED'),
  };
  for (const [tag, attribute] of Object.entries(wanted)) {
    if (keys.includes(tag) && isEmpty(record[tag])) {
      record[tag] = attribute;
    }
  }
  if (type !== 'ENCAP DOC' && keys.includes(CONCEPT_NAME) && isEmpty(record[CONCEPT_NAME])) {
    record[CONCEPT_NAME] = { vr: 'SQ', Value: [UNNAMED_CONCEPT] };
  }
}

/** LOINC. */
const UNNAMED_CONCEPT: DataSet = {
  '00080100': { vr: 'SH', Value: ['18748-4'] },
  '00080102': { vr: 'SH', Value: ['LN'] },
  '00080104': { vr: 'LO', Value: ['Diagnostic imaging study'] },
};

function patientOf(header: DataSet): DataSet {
  const record: Record<TagKey, Attribute> = { '00041430': value('CS', 'PATIENT'), ...copied(header, PATIENT) };
  fill(record, '00100020', 'LO', 'UNKNOWN');
  record['00100010'] ??= { vr: 'PN' };
  return record;
}

function studyOf(header: DataSet): DataSet {
  const record: Record<TagKey, Attribute> = { '00041430': value('CS', 'STUDY'), ...copied(header, STUDY) };
  record['0020000D'] = value('UI', needed(header, '0020000D'));
  fill(record, '00080020', 'DA', dateOf(header));
  fill(record, '00080030', 'TM', NO_TIME);
  fill(record, '00200010', 'SH', '1');
  record['00080050'] ??= { vr: 'SH' };
  record['00081030'] ??= { vr: 'LO' };
  return record;
}

function seriesOf(header: DataSet): DataSet {
  const record: Record<TagKey, Attribute> = { '00041430': value('CS', 'SERIES'), ...copied(header, SERIES) };
  record['0020000E'] = value('UI', needed(header, '0020000E'));
  fill(record, '00080060', 'CS', 'OT');
  fill(record, '00200011', 'IS', '1');
  return record;
}

function dateOf(header: DataSet): string {
  return OTHER_DATES.map((tag) => firstText(header, tag)).find((date) => date !== undefined && date !== '') ?? NO_DATE;
}

function value(vr: Vr, ...values: readonly string[]): Attribute {
  return { vr, Value: values };
}

/** Only what the header holds itself: what it refers to elsewhere is no key. */
function copied(header: DataSet, tags: readonly TagKey[]): Record<TagKey, Attribute> {
  return Object.fromEntries(
    tags.flatMap((tag) => {
      const attribute = header[tag];
      return attribute === undefined || attribute.BulkDataURI !== undefined ? [] : [[tag, attribute]];
    }),
  );
}

function isEmpty(attribute: Attribute | undefined): boolean {
  return (attribute?.Value ?? []).every((one) => one === null || one === '');
}

function fill(record: Record<TagKey, Attribute>, tag: TagKey, vr: Vr, text: string): void {
  if (isEmpty(record[tag])) {
    record[tag] = value(vr, text);
  }
}

function needed(header: DataSet, tag: TagKey): string {
  const uid = firstText(header, tag);
  if (uid === undefined || uid === '') {
    throw new DicomError('missing-attribute', `(${tag.slice(0, 4)},${tag.slice(4)}) is missing`);
  }
  return uid;
}
