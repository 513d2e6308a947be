import type { Study, StudyPage } from '../api/studies.ts';

/** What a list becomes when its first page was fetched again. */
export interface Merged {
  readonly studies: readonly Study[];
  readonly next: string | null;
  /** Studies that were not listed before. */
  readonly added: readonly string[];
  /** False when no row that was listed moves: then it may be shown at once. */
  readonly moves: boolean;
}

/** Puts a fresh first page over a list of which perhaps more pages were loaded; what lies behind the page stays. */
export function mergeFirstPage(listed: readonly Study[], next: string | null, page: StudyPage): Merged {
  const inPage = new Set(page.studies.map((study) => study.studyInstanceUid));
  const known = new Set(listed.map((study) => study.studyInstanceUid));
  const last = page.studies.at(-1)?.studyInstanceUid;
  const end = listed.findIndex((study) => study.studyInstanceUid === last);
  // NOTE: without a common row the two cannot be joined; the page then stands alone and the rest is fetched again on scrolling.
  const rest = page.next === null || end < 0 ? [] : listed.slice(end + 1).filter((study) => !inPage.has(study.studyInstanceUid));
  const studies = [...page.studies, ...rest];
  return {
    studies,
    next: rest.length === 0 ? page.next : next,
    added: page.studies.filter((study) => !known.has(study.studyInstanceUid)).map((study) => study.studyInstanceUid),
    moves: listed.some((study, index) => studies[index]?.studyInstanceUid !== study.studyInstanceUid),
  };
}

/** Takes over what changed in rows that are listed, without moving any. */
export function updateInPlace(listed: readonly Study[], newer: readonly Study[]): readonly Study[] {
  const byUid = new Map(newer.map((study) => [study.studyInstanceUid, study]));
  return listed.map((study) => byUid.get(study.studyInstanceUid) ?? study);
}

/** Adds a further page; a row that slid down meanwhile is not listed twice. */
export function appendPage(listed: readonly Study[], page: StudyPage): readonly Study[] {
  const known = new Set(listed.map((study) => study.studyInstanceUid));
  return [...listed, ...page.studies.filter((study) => !known.has(study.studyInstanceUid))];
}
