import { type DataSet, EXPLICIT_VR_LITTLE_ENDIAN, firstText, isUid, TAG, texts } from '@filmless/dicom';
import type { Identifier } from '../query/identifier.ts';
import { singleUniqueKey, uniqueKeys } from '../query/identifier.ts';
import { UNIQUE_KEYS } from '../query/information-model.ts';
import { INSTANCE_TAGS, parts } from '../query/qido.ts';
import type { DeliveredInstance } from '../records/deliveries.ts';

/** Instances of one page of a listing: each needs some hundred bytes. */
const PAGE_INSTANCES = 1_000;

/**
 * Questions to the archive, as URLs after its root, that together list the instances an identifier names. Of a retrieval only unique
 * keys count. PS3.4 C.4.2.1.4, C.4.2.2, C.4.3.1.3.
 * @throws RouterError `invalid-request` when the unique key of its level is missing or no value
 */
export function instanceUrls({ level, keys }: Identifier, searchUids: number): readonly string[] {
  if (level === 'PATIENT') {
    return [listing('/dicom-web/instances', patient(keys), [TAG.PatientID, singleUniqueKey(keys, 'PATIENT')])];
  }
  const values = uniqueKeys(keys, level);
  if (level === 'STUDY') {
    return values.map((uid) => listing(`/dicom-web/studies/${uid}/instances`, patient(keys)));
  }
  const { path, filters } = within(keys, level);
  if (level === 'SERIES' && path !== '') {
    return values.map((uid) => listing(`/dicom-web${path}/series/${uid}/instances`, patient(keys)));
  }
  return parts(values, searchUids).map((part) =>
    listing(`/dicom-web${path}/instances`, patient(keys), ...filters, [UNIQUE_KEYS[level], part.join('\\')]),
  );
}

/** Where the levels above lie: in the path where they are one study and one series, as filters where they are several. */
function within(
  keys: DataSet,
  level: 'SERIES' | 'IMAGE',
): { readonly path: string; readonly filters: readonly [string, string][] } {
  const studies = above(keys, 'STUDY');
  const series = level === 'IMAGE' ? above(keys, 'SERIES') : [];
  const oneStudy = studies.length === 1;
  const oneSeries = oneStudy && series.length === 1;
  return {
    path: `${oneStudy ? `/studies/${studies[0]}` : ''}${oneSeries ? `/series/${series[0]}` : ''}`,
    filters: [
      ...(oneStudy || studies.length === 0 ? [] : [filter('STUDY', studies)]),
      ...(oneSeries || series.length === 0 ? [] : [filter('SERIES', series)]),
    ],
  };
}

function above(keys: DataSet, level: 'STUDY' | 'SERIES'): readonly string[] {
  return texts(keys, UNIQUE_KEYS[level]).length === 0 ? [] : uniqueKeys(keys, level);
}

function filter(level: 'STUDY' | 'SERIES', values: readonly string[]): [string, string] {
  return [UNIQUE_KEYS[level], values.join('\\')];
}

/** The patient's keys, which may stand above any level. */
function patient(keys: DataSet): readonly [string, string][] {
  return [TAG.PatientID, TAG.IssuerOfPatientID].flatMap((tag): [string, string][] => {
    const value = firstText(keys, tag);
    return value === undefined ? [] : [[tag, value]];
  });
}

function listing(path: string, filters: readonly [string, string][], ...further: readonly [string, string][]): string {
  const query = new URLSearchParams([...new Map([...filters, ...further]), ['limit', String(PAGE_INSTANCES)]]);
  return `${path}?${query}`;
}

/** An instance of a listing; undefined when it lacks a UID, which no instance of an archive does. */
export function instanceOf(result: DataSet): DeliveredInstance | undefined {
  const studyInstanceUid = firstText(result, INSTANCE_TAGS.study) ?? '';
  const seriesInstanceUid = firstText(result, INSTANCE_TAGS.series) ?? '';
  const sopInstanceUid = firstText(result, INSTANCE_TAGS.sopInstance) ?? '';
  const sopClassUid = firstText(result, INSTANCE_TAGS.sopClass) ?? '';
  // Archives need not say it; what comes says it once more.
  const transferSyntaxUid = firstText(result, INSTANCE_TAGS.transferSyntax) ?? EXPLICIT_VR_LITTLE_ENDIAN;
  const whole = [studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid].every(isUid);
  return whole ? { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid, transferSyntaxUid } : undefined;
}
