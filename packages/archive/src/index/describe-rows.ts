import { run, runFirst } from '@filmless/database';
import type { Compilable } from 'kysely';
import type { AddArgs, InstanceArgs, SeriesArgs, StudyArgs } from './arguments.ts';
import * as statements from './statements.ts';
import { type IdRange, idsBehind, partOf, studyIds } from './study-order.ts';
import type { Described, StudyFactColumns } from './tables.ts';
import { deleteWords, insertVocabulary, insertWords } from './words.ts';

type Steps<R> = Generator<Compilable<unknown>, R, readonly unknown[]>;
type By = Pick<InstanceArgs, 'received_at' | 'sop_instance_uid'>;

function described(by: By): Described {
  return { described_at: by.received_at, described_by: by.sop_instance_uid };
}

type Adding = Pick<AddArgs, 'instance' | 'facility'>;

/** Undefined where another process put it in a moment ago. */
export function* insertStudy(study: StudyArgs, { instance, facility }: Adding): Steps<number | undefined> {
  const { study_instance_uid, ...facts } = study;
  const patient = yield* patientOf(facts);
  const row = { ...facts, ...described(instance), study_instance_uid, facility, patient, at: instance.received_at };
  const id = yield* insertWithId(row, studyIds(facts.study_date, facts.study_time));
  if (id === undefined) {
    return undefined;
  }
  yield* run(statements.setReach({ study_id: id, facility, expires_at: null }));
  yield* learnWords(facts);
  return id;
}

/** NOTE: for a study whose row, reach and series are there: the full-text row names all of them. */
export function* wordsAgain(id: number): Steps<void> {
  yield* run(deleteWords({ id }));
  yield* run(insertWords({ id }));
}

function* learnWords(facts: Pick<StudyFactColumns, 'name_words' | 'referring_words'>): Steps<void> {
  const tokens = (letter: string, words: string) => (words === '' ? [] : words.split(' ').map((word) => letter + word));
  const words = JSON.stringify([...tokens('n', facts.name_words), ...tokens('r', facts.referring_words)]);
  yield* run(insertVocabulary({ words }));
}

/** `newStudy`: it has no full-text row yet. */
export function* insertSeries(studyId: number, series: SeriesArgs, { instance }: Adding, newStudy: boolean): Steps<number> {
  const { series_instance_uid, requests, ...facts } = series;
  const like = newStudy ? undefined : yield* runFirst(statements.findModality({ study_id: studyId, modality: facts.modality }));
  const row = yield* runFirst(
    statements.insertSeries({ ...facts, ...described(instance), study_id: studyId, series_instance_uid }),
  );
  if (row === undefined) {
    throw new Error('a series was not inserted');
  }
  yield* insertRequests(row.id, requests);
  if (like === undefined) {
    yield* run(statements.gatherModalities({ study_id: studyId }));
    yield* newStudy ? run(insertWords({ id: studyId })) : wordsAgain(studyId);
  }
  return row.id;
}

/** Takes the study's facts from another instance; a changed date moves it among the ids. */
export function* describeStudy(studyId: number, study: StudyArgs, by: By): Steps<void> {
  const { study_instance_uid: _uid, ...facts } = study;
  const range = studyIds(facts.study_date, facts.study_time);
  const id = studyId >= range.from && studyId < range.to ? studyId : yield* freeId(range, study.study_instance_uid, 0);
  const before = yield* runFirst(statements.patientOf({ id: studyId }));
  const patient = yield* patientOf(facts);
  yield* run(deleteWords({ id: studyId }));
  yield* run(statements.updateStudy({ ...facts, ...described(by), patient, id, old_id: studyId }));
  yield* run(insertWords({ id }));
  yield* learnWords(facts);
  yield* run(statements.deleteLonelyPatients({ id: before?.patient ?? null }));
}

export function* describeSeries(studyId: number, seriesId: number, series: SeriesArgs, by: By): Steps<void> {
  const { series_instance_uid: _uid, requests, ...facts } = series;
  yield* run(statements.updateSeries({ ...facts, ...described(by), id: seriesId }));
  yield* run(statements.deleteRequests({ series_id: seriesId }));
  yield* insertRequests(seriesId, requests);
  yield* run(statements.gatherModalities({ study_id: studyId }));
  yield* wordsAgain(studyId);
}

function* insertRequests(seriesId: number, requests: SeriesArgs['requests']): Steps<void> {
  for (const request of requests) {
    yield* run(statements.insertRequest({ series_id: seriesId, ...request }));
  }
}

function* insertWithId(row: Omit<Parameters<typeof statements.insertStudy>[0], 'id'>, range: IdRange): Steps<number | undefined> {
  for (let attempt = 0; ; attempt += 1) {
    const id = yield* freeId(range, row.study_instance_uid, attempt);
    const inserted = yield* runFirst(statements.insertStudy({ ...row, id }));
    if (inserted !== undefined) {
      return inserted.id;
    }
    // Another process took the id, or stored the same study.
    if ((yield* runFirst(statements.lockStudy({ study: row.study_instance_uid }))) !== undefined) {
      return undefined;
    }
  }
}

function* freeId(range: IdRange, studyInstanceUid: string, attempts: number): Steps<number> {
  let free = range;
  for (let attempt = attempts; ; attempt += 1) {
    const part = partOf(free, studyInstanceUid, attempt);
    const row = yield* runFirst(statements.freeStudyId({ from: free.from, to: free.to, part_from: part.from, part_to: part.to }));
    if (row !== undefined && row.is_full === 0) {
      return row.id;
    }
    if (part.to === free.to) {
      free = idsBehind(free);
    }
  }
}

function* patientOf(study: StudyFactColumns): Steps<number | null> {
  if (study.patient_id === null) {
    return null;
  }
  const patient = { issuer: study.issuer, patient_id: study.patient_id };
  const row = (yield* runFirst(statements.insertPatient(patient))) ?? (yield* runFirst(statements.findPatient(patient)));
  return row?.id ?? null;
}
