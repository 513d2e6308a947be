import { type DataSet, type MutableDataSet, TAG, type TagKey } from '@filmless/dicom';
import type { SearchQuery } from '../core/archive-core.ts';
import { NOT_IN_HEADERS, OPTIONAL, REQUIRED, type SearchLevel } from '../core/levels.ts';
import { computed, type Found } from '../core/search/present.ts';
import { parseAttributes } from './codec.ts';
import type { PlacedRow } from './search-cursor.ts';

/** A row of a search at any level; what the level does not have is not selected. */
export interface SearchColumns extends PlacedRow {
  readonly study_attributes?: string;
  readonly modalities?: string | null;
  readonly issuer?: string;
  readonly series_count?: number;
  readonly study_instances?: number;
  /** Studies, series and instances of the patient within the scope, joined by commas. */
  readonly patient_counts?: string;
  readonly series_attributes?: string;
  readonly series_instances?: number;
  readonly sop_class_uid?: string;
  readonly transfer_syntax_uid?: string;
  readonly number?: number | null;
  readonly rows?: number | null;
  readonly columns?: number | null;
  readonly bits_allocated?: number | null;
  readonly number_of_frames?: number | null;
  readonly study_instance_uid: string;
  /** The instance whose header describes the row, and the stored bytes of that. */
  readonly header_of?: number;
  readonly header_bytes?: number;
}

/** Attributes that a row of a level has beside it. */
const OWN: Readonly<Record<SearchLevel, ReadonlySet<TagKey>>> = {
  patient: new Set([...REQUIRED.patient, ...OPTIONAL.patient]),
  study: new Set([...REQUIRED.study, ...OPTIONAL.study]),
  series: new Set([...REQUIRED.series, ...OPTIONAL.series]),
  instance: new Set([...REQUIRED.instance, ...OPTIONAL.instance]),
};

const COMPUTED_OF_STUDY: readonly TagKey[] = [
  TAG.ModalitiesInStudy,
  TAG.NumberOfStudyRelatedSeries,
  TAG.NumberOfStudyRelatedInstances,
  TAG.IssuerOfPatientID,
];
const OF_STUDY: ReadonlySet<TagKey> = new Set([...OWN.study, ...COMPUTED_OF_STUDY]);
const OF_SERIES: ReadonlySet<TagKey> = new Set([...OWN.series, TAG.NumberOfSeriesRelatedInstances]);

/** Which levels' rows an answer takes attributes from. */
export interface AnswerShape {
  readonly withStudy: boolean;
  readonly withSeries: boolean;
  readonly withHeader: boolean;
}

/**
 * What has to be read for an answer. The levels above the searched one belong to it when the path names none of them (PS3.18
 * 10.6.3.3), and where attributes of theirs are asked for.
 */
export function shapeOf({ level, within, include }: SearchQuery): AnswerShape {
  const asked = include === 'all' ? [] : include;
  const isBelow = level === 'series' || level === 'instance';
  const withStudy = !isBelow || within === undefined || asked.some((tag) => OF_STUDY.has(tag) && !OWN[level].has(tag));
  const isNamed = within?.seriesInstanceUid !== undefined;
  const withSeries =
    level === 'series' ||
    (level === 'instance' && (!isNamed || asked.some((tag) => OF_SERIES.has(tag) && !OWN.instance.has(tag))));
  const isAtHand = (tag: TagKey) =>
    NOT_IN_HEADERS.has(tag) ||
    OWN[level].has(tag) ||
    (isBelow && OF_STUDY.has(tag)) ||
    (level === 'instance' && OF_SERIES.has(tag));
  return { withStudy, withSeries, withHeader: include === 'all' || !asked.every(isAtHand) };
}

/** Reads attributes kept as text. */
export type ReadAttributes = (text: string) => DataSet;

const MOST_REMEMBERED = 64;

/** Remembers the last texts: a thousand images of a series carry the same of study and series. */
export function attributeReader(): ReadAttributes {
  const known = new Map<string, DataSet>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) {
      return before;
    }
    if (known.size >= MOST_REMEMBERED) {
      known.clear();
    }
    const read = parseAttributes(text);
    known.set(text, read);
    return read;
  };
}

/** Puts a row's attributes together. `asked`: keys and what is to be included. */
export function foundOf(
  row: SearchColumns,
  search: Pick<SearchQuery, 'level' | 'within'>,
  asked: readonly TagKey[],
  header: DataSet | undefined,
  read: ReadAttributes,
): Found {
  const { level, within } = search;
  const isSaid = (named: string | undefined) => (attributes: DataSet) =>
    named === undefined ? attributes : only(attributes, (tag) => asked.includes(tag));
  const ofStudy = isSaid(level === 'study' || level === 'patient' ? undefined : within?.studyInstanceUid);
  const ofSeries = isSaid(level === 'instance' ? within?.seriesInstanceUid : undefined);
  const attributes: MutableDataSet = {
    ...(row.study_attributes === undefined ? {} : ofStudy(studyAttributes(row, read(row.study_attributes), level, asked))),
    ...(row.series_attributes === undefined ? {} : ofSeries(seriesAttributes(row, read(row.series_attributes)))),
    ...(row.sop_instance_uid === undefined ? {} : instanceAttributes(row)),
    ...(level === 'patient' ? {} : { [TAG.InstanceAvailability]: computed('CS', 'ONLINE') }),
  };
  return { level, attributes, header };
}

function only(attributes: DataSet, isKept: (tag: TagKey) => boolean): DataSet {
  return Object.fromEntries(Object.entries(attributes).filter(([tag]) => isKept(tag)));
}

function studyAttributes(row: SearchColumns, kept: DataSet, level: SearchLevel, asked: readonly TagKey[]): DataSet {
  const issuer = { [TAG.IssuerOfPatientID]: computed('LO', row.issuer ?? null) };
  if (level === 'patient') {
    const [studies = 0, series = 0, instances = 0] = (row.patient_counts ?? '').split(',').map(Number);
    return {
      ...only(kept, (tag) => OWN.patient.has(tag)),
      ...issuer,
      [TAG.NumberOfPatientRelatedStudies]: computed('IS', studies),
      [TAG.NumberOfPatientRelatedSeries]: computed('IS', series),
      [TAG.NumberOfPatientRelatedInstances]: computed('IS', instances),
    };
  }
  return {
    ...kept,
    ...(asked.includes(TAG.IssuerOfPatientID) ? issuer : {}),
    [TAG.ModalitiesInStudy]: computed(
      'CS',
      (row.modalities ?? '').split('\\').filter((modality) => modality !== ''),
    ),
    [TAG.NumberOfStudyRelatedSeries]: computed('IS', row.series_count ?? 0),
    [TAG.NumberOfStudyRelatedInstances]: computed('IS', row.study_instances ?? 0),
  };
}

function seriesAttributes(row: SearchColumns, kept: DataSet): DataSet {
  return { ...kept, [TAG.NumberOfSeriesRelatedInstances]: computed('IS', row.series_instances ?? 0) };
}

/** Available Transfer Syntax UID, PS3.18 table 10.6.3-5. */
const AVAILABLE_TRANSFER_SYNTAX_UID = '00083002';

function instanceAttributes(row: SearchColumns): DataSet {
  const image: [TagKey, 'US' | 'IS', number | null | undefined][] = [
    [TAG.Rows, 'US', row.rows],
    [TAG.Columns, 'US', row.columns],
    [TAG.BitsAllocated, 'US', row.bits_allocated],
    [TAG.NumberOfFrames, 'IS', row.number_of_frames],
  ];
  return {
    [TAG.SOPClassUID]: computed('UI', row.sop_class_uid ?? null),
    [TAG.SOPInstanceUID]: computed('UI', row.sop_instance_uid ?? null),
    [TAG.StudyInstanceUID]: computed('UI', row.study_instance_uid),
    [TAG.SeriesInstanceUID]: computed('UI', row.series_instance_uid ?? null),
    [TAG.InstanceNumber]: computed('IS', row.number ?? null),
    [AVAILABLE_TRANSFER_SYNTAX_UID]: computed('UI', row.transfer_syntax_uid ?? null),
    ...Object.fromEntries(image.flatMap(([tag, vr, value]) => (value == null ? [] : [[tag, computed(vr, value)]]))),
  };
}
