import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Client } from '../api/client.ts';
import { fetchStudy } from '../api/opening.ts';
import { findStudies, readStudy, type Study } from '../api/studies.ts';
import { type PriorStudy, priorsOf } from './prior-list.ts';
import { createSeriesEntry, type SeriesEntry } from './series-store.ts';

/** Another study of the patient, and its series once they were asked for. */
export interface Prior extends PriorStudy {
  readonly series: ReadonlySignal<readonly SeriesEntry[] | undefined>;
  readonly failure: ReadonlySignal<unknown>;
  /** Reads which series it has; after a failure once more. */
  load(): Promise<readonly SeriesEntry[]>;
}

export interface Priors {
  /** Undefined until they are known. */
  readonly all: ReadonlySignal<readonly Prior[] | undefined>;
  readonly failure: ReadonlySignal<unknown>;
  /** The study that is read, as the worklist knows it. */
  readonly current: ReadonlySignal<Study | undefined>;
  /** The series of every prior that was opened. */
  readonly series: ReadonlySignal<readonly SeriesEntry[]>;
  load(): Promise<void>;
}

export interface PriorOptions {
  readonly client: Client;
  readonly studyInstanceUid: string;
  /** Of the study that is read; empty where it has none. */
  readonly patientId: () => string;
  readonly stop: AbortSignal;
  readonly onSignedOut: () => void;
}

/** Pages of fifty: a patient with more has been ill for long, and the older ones are found in the worklist. */
const MOST_PAGES = 4;

export function createPriors(options: PriorOptions): Priors {
  const { client, studyInstanceUid, stop } = options;
  const all = signal<readonly Prior[] | undefined>(undefined);
  const failure = signal<unknown>(undefined);
  const current = signal<Study | undefined>(undefined);
  let under: Promise<void> | undefined;
  const read = async (): Promise<void> => {
    failure.value = undefined;
    try {
      const patientId = options.patientId();
      const found = patientId === '' ? [] : await ofPatient(client, patientId, stop);
      // It is among its patient's studies, unless these are very many, or it has no patient's number.
      const study =
        found.find((entry) => entry.studyInstanceUid === studyInstanceUid) ?? (await readStudy(client, studyInstanceUid, stop));
      batch(() => {
        current.value = study;
        all.value = priorsOf(study, found).map((prior) => createPrior(prior, options));
      });
    } catch (error) {
      if (!stop.aborted) {
        failure.value = error;
      }
    } finally {
      under = undefined;
    }
  };
  return {
    all,
    failure,
    current,
    series: computed(() => (all.value ?? []).flatMap(({ series }) => series.value ?? [])),
    load: () => {
      if (all.value !== undefined) {
        return Promise.resolve();
      }
      under ??= read();
      return under;
    },
  };
}

async function ofPatient(client: Client, patientId: string, stop: AbortSignal): Promise<readonly Study[]> {
  const found: Study[] = [];
  let after: string | null | undefined;
  for (let page = 1; page <= MOST_PAGES && after !== null; page += 1) {
    const answer = await findStudies(client, { patientId, ...(after === undefined ? {} : { after }) }, stop);
    found.push(...answer.studies);
    after = answer.next;
  }
  return found;
}

function createPrior(prior: PriorStudy, { client, stop, onSignedOut }: PriorOptions): Prior {
  const series: Signal<readonly SeriesEntry[] | undefined> = signal(undefined);
  const failure = signal<unknown>(undefined);
  const uid = prior.study.studyInstanceUid;
  let under: Promise<readonly SeriesEntry[]> | undefined;
  const read = async (): Promise<readonly SeriesEntry[]> => {
    failure.value = undefined;
    try {
      const { series: infos } = await fetchStudy(client, uid, stop);
      series.value = infos.map((info) => createSeriesEntry(uid, info, stop, onSignedOut));
      return series.value;
    } catch (error) {
      if (!stop.aborted) {
        failure.value = error;
      }
      return [];
    } finally {
      under = undefined;
    }
  };
  return {
    ...prior,
    series,
    failure,
    load: () => {
      if (series.value !== undefined) {
        return Promise.resolve(series.value);
      }
      under ??= read();
      return under;
    },
  };
}
