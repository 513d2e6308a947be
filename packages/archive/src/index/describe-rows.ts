import { run, runFirst } from '@filmless/database';
import type { Compilable } from 'kysely';
import type { AddArgs, InstanceArgs, SeriesArgs, StudyArgs } from './arguments.ts';
import * as statements from './statements.ts';
import { type IdRange, idsBehind, studyIds } from './study-order.ts';
import type { Described, StudyFactColumns } from './tables.ts';

type Steps<R> = Generator<Compilable<unknown>, R, readonly unknown[]>;
type By = Pick<InstanceArgs, 'received_at' | 'sop_instance_uid'>;

function described(by: By): Described {
  return { described_at: by.received_at, described_by: by.sop_instance_uid };
}

type Adding = Pick<AddArgs, 'instance' | 'facility'>;

export function* insertStudy(study: StudyArgs, { instance, facility }: Adding): Steps<number> {
  const { study_instance_uid, ...facts } = study;
  const id = yield* freeId(studyIds(facts.study_date, facts.study_time));
  const patient = yield* patientOf(facts);
  const row = { ...facts, ...described(instance), id, study_instance_uid, facility, patient, at: instance.received_at };
  yield* run(statements.insertStudy(row));
  yield* run(statements.setReach({ study_id: id, facility, expires_at: null }));
  yield* run(statements.insertWords({ id }));
  return id;
}

export function* insertSeries(studyId: number, series: SeriesArgs, { instance }: Adding): Steps<number> {
  const { series_instance_uid, requests, ...facts } = series;
  const row = yield* runFirst(
    statements.insertSeries({ ...facts, ...described(instance), study_id: studyId, series_instance_uid }),
  );
  if (row === undefined) {
    throw new Error('a series was not inserted');
  }
  yield* insertRequests(row.id, requests);
  yield* run(statements.gatherModalities({ study_id: studyId }));
  return row.id;
}

/** Takes the study's facts from another instance; a changed date moves it among the ids. */
export function* describeStudy(studyId: number, study: StudyArgs, by: By): Steps<void> {
  const { study_instance_uid: _uid, ...facts } = study;
  const range = studyIds(facts.study_date, facts.study_time);
  const id = studyId >= range.from && studyId < range.to ? studyId : yield* freeId(range);
  const before = yield* runFirst(statements.patientOf({ id: studyId }));
  const patient = yield* patientOf(facts);
  yield* run(statements.deleteWords({ id: studyId }));
  yield* run(statements.updateStudy({ ...facts, ...described(by), patient, id, old_id: studyId }));
  yield* run(statements.insertWords({ id }));
  yield* run(statements.deleteLonelyPatients({ id: before?.patient ?? null }));
}

export function* describeSeries(studyId: number, seriesId: number, series: SeriesArgs, by: By): Steps<void> {
  const { series_instance_uid: _uid, requests, ...facts } = series;
  yield* run(statements.updateSeries({ ...facts, ...described(by), id: seriesId }));
  yield* run(statements.deleteRequests({ series_id: seriesId }));
  yield* insertRequests(seriesId, requests);
  yield* run(statements.gatherModalities({ study_id: studyId }));
}

function* insertRequests(seriesId: number, requests: SeriesArgs['requests']): Steps<void> {
  for (const request of requests) {
    yield* run(statements.insertRequest({ series_id: seriesId, ...request }));
  }
}

function* freeId(range: IdRange): Steps<number> {
  for (let free = range; ; free = idsBehind(free)) {
    const row = yield* runFirst(statements.highestStudyId({ from: free.from, to: free.to }));
    const id = row === undefined || row.id === null ? free.from : row.id + 1;
    if (id < free.to) {
      return id;
    }
  }
}

function* patientOf(study: StudyFactColumns): Steps<number | null> {
  if (study.patient_id === null) {
    return null;
  }
  const row = yield* runFirst(statements.insertPatient({ issuer: study.issuer, patient_id: study.patient_id }));
  return row?.id ?? null;
}
