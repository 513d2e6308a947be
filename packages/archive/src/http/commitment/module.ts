import { type Attribute, type DataSet, firstText, items, TAG } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';

/** One instance that is asked about; with its study and series where it is named below them. */
export interface AskedInstance {
  readonly sopClassUid: string;
  readonly sopInstanceUid: string;
  readonly studyInstanceUid?: string;
  readonly seriesInstanceUid?: string;
}

/** The same with why it is not committed to; undefined where it is. PS3.3 C.14.1.1. */
export interface JudgedInstance extends AskedInstance {
  readonly failure: number | undefined;
}

const REFERENCED_SOP = '00081199';
const FAILED_SOP = '00081198';
const REFERENCED_STUDY = '00081110';
const FAILED_STUDY = '0008119B';
const REFERENCED_SERIES = '00081115';
const BY_CLASS = '00081112';
const REFERENCED_INSTANCE = '0008114A';
const CLASS_UID = '00081150';
const INSTANCE_UID = '00081155';
const FAILURE_REASON = '00081197';

/** A Storage Commitment Request. PS3.18 table J.1-1. @throws ArchiveError `invalid-request` for one that names nothing, or not wholly */
export function readRequest(request: DataSet): readonly AskedInstance[] {
  const plain = items(request, REFERENCED_SOP).map((item) => ({
    sopClassUid: uid(item, CLASS_UID),
    sopInstanceUid: uid(item, INSTANCE_UID),
  }));
  const below = items(request, REFERENCED_STUDY).flatMap((study) =>
    items(study, REFERENCED_SERIES).flatMap((series) =>
      items(series, BY_CLASS).flatMap((group) =>
        items(group, REFERENCED_INSTANCE).map((item) => ({
          studyInstanceUid: uid(study, TAG.StudyInstanceUID),
          seriesInstanceUid: uid(series, TAG.SeriesInstanceUID),
          sopClassUid: uid(group, CLASS_UID),
          sopInstanceUid: uid(item, INSTANCE_UID),
        })),
      ),
    ),
  );
  if (plain.length + below.length === 0) {
    throw new ArchiveError('invalid-request', 'The request names no instance: Referenced SOP or Referenced Study Sequence.');
  }
  return [...plain, ...below];
}

function uid(item: DataSet, tag: string): string {
  const value = firstText(item, tag) ?? '';
  if (!/^[0-9.]{1,64}$/.test(value)) {
    throw new ArchiveError('invalid-request', `${tag} must be a UID in each item.`);
  }
  return value;
}

/** A Storage Commitment Response: what was named by study is answered by study. PS3.18 table J.2-1. */
export function writeResponse(judged: readonly JudgedInstance[]): DataSet {
  const committed = judged.filter(({ failure }) => failure === undefined);
  const failed = judged.filter(({ failure }) => failure !== undefined);
  return {
    ...sequence(REFERENCED_STUDY, byStudy(committed)),
    ...sequence(FAILED_SOP, withoutStudy(failed).map(reference)),
    ...sequence(REFERENCED_SOP, withoutStudy(committed).map(reference)),
    ...sequence(FAILED_STUDY, byStudy(failed)),
  };
}

function withoutStudy(judged: readonly JudgedInstance[]): readonly JudgedInstance[] {
  return judged.filter(({ studyInstanceUid }) => studyInstanceUid === undefined);
}

function byStudy(judged: readonly JudgedInstance[]): readonly DataSet[] {
  const named = judged.filter(({ studyInstanceUid }) => studyInstanceUid !== undefined);
  return grouped(named, 'studyInstanceUid', (study, ofStudy) => ({
    ...sequence(
      REFERENCED_SERIES,
      grouped(ofStudy, 'seriesInstanceUid', (series, ofSeries) => ({
        ...sequence(
          BY_CLASS,
          grouped(ofSeries, 'sopClassUid', (sopClass, ofClass) => ({
            ...sequence(
              REFERENCED_INSTANCE,
              ofClass.map(({ sopInstanceUid, failure }) => ({ [INSTANCE_UID]: ui(sopInstanceUid), ...reason(failure) })),
            ),
            [CLASS_UID]: ui(sopClass),
          })),
        ),
        [TAG.SeriesInstanceUID]: ui(series),
      })),
    ),
    [TAG.StudyInstanceUID]: ui(study),
  }));
}

function grouped(
  judged: readonly JudgedInstance[],
  by: 'studyInstanceUid' | 'seriesInstanceUid' | 'sopClassUid',
  item: (key: string, group: readonly JudgedInstance[]) => DataSet,
): readonly DataSet[] {
  return [...Map.groupBy(judged, (one) => one[by] ?? '')].map(([key, group]) => item(key, group));
}

function reference({ sopClassUid, sopInstanceUid, failure }: JudgedInstance): DataSet {
  return { [CLASS_UID]: ui(sopClassUid), [INSTANCE_UID]: ui(sopInstanceUid), ...reason(failure) };
}

function reason(failure: number | undefined): DataSet {
  return failure === undefined ? {} : { [FAILURE_REASON]: { vr: 'US', Value: [failure] } };
}

function sequence(tag: string, items: readonly DataSet[]): DataSet {
  return items.length === 0 ? {} : { [tag]: { vr: 'SQ', Value: items } };
}

function ui(value: string): Attribute {
  return { vr: 'UI', Value: [value] };
}
