import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Client } from '../api/client.ts';
import { isAbort } from '../api/failure.ts';
import type { PatientImport } from '../api/imports.ts';
import type { Given } from '../upload/given.ts';
import type { Disc, DiscFile, DiscSeries, DiscStudy } from './disc.ts';
import type { StudyHere } from './here.ts';
import type { Importer, ImportJob } from './importer.ts';
import { forget, type Remembered, recall, remember } from './remembered.ts';
import type { ScanProgress } from './scan.ts';

type ImportStep = 'choose' | 'scanning' | 'review' | 'importing';

/** One import, from the disc to the last image. It goes on while other pages are looked at. */
export interface ImportStore {
  readonly step: ReadonlySignal<ImportStep>;
  readonly scanned: ReadonlySignal<ScanProgress>;
  readonly problem: ReadonlySignal<unknown>;
  readonly disc: ReadonlySignal<Disc | undefined>;
  /** What is here already, by Study Instance UID; undefined until the server told. */
  readonly here: ReadonlySignal<ReadonlyMap<string, StudyHere> | undefined>;
  readonly hereProblem: ReadonlySignal<unknown>;
  /** Keys of series, as `seriesKey` makes them. */
  readonly selected: ReadonlySignal<ReadonlySet<string>>;
  /** Studies that are kept under another patient, by their keys. */
  readonly under: ReadonlySignal<ReadonlyMap<string, PatientImport>>;
  readonly importer: ReadonlySignal<Importer | undefined>;
  /** An import that a reload broke off. */
  readonly unfinished: ReadonlySignal<Remembered | undefined>;
  /** What would be sent now. */
  readonly jobs: ReadonlySignal<readonly ImportJob[]>;
  look(): void;
  choose(given: AsyncIterable<Given>, label: string): void;
  select(series: readonly string[], chosen: boolean): void;
  decide(study: DiscStudy, decision: PatientImport | undefined): void;
  start(): void;
  dismissUnfinished(): void;
  reset(): void;
}

export function seriesKey(study: DiscStudy, series: DiscSeries): string {
  return `${study.key}\n${series.uid}`;
}

export interface ImportStoreOptions {
  readonly client: Client;
  readonly onSignedOut: () => void;
  readonly userId: () => string;
}

interface State extends ImportStoreOptions {
  readonly step: Signal<ImportStep>;
  readonly scanned: Signal<ScanProgress>;
  readonly problem: Signal<unknown>;
  readonly disc: Signal<Disc | undefined>;
  readonly here: Signal<ReadonlyMap<string, StudyHere> | undefined>;
  readonly hereProblem: Signal<unknown>;
  readonly selected: Signal<ReadonlySet<string>>;
  readonly under: Signal<ReadonlyMap<string, PatientImport>>;
  readonly importer: Signal<Importer | undefined>;
  readonly unfinished: Signal<Remembered | undefined>;
  label: string;
  abort: AbortController;
}

const NOTHING: ScanProgress = { looked: 0, total: 0, images: 0 };

export function createImportStore(options: ImportStoreOptions): ImportStore {
  const state: State = {
    ...options,
    step: signal('choose'),
    scanned: signal(NOTHING),
    problem: signal(undefined),
    disc: signal(undefined),
    here: signal(undefined),
    hereProblem: signal(undefined),
    selected: signal(new Set()),
    under: signal(new Map()),
    importer: signal(undefined),
    unfinished: signal(undefined),
    label: '',
    abort: new AbortController(),
  };
  return {
    ...state,
    jobs: computed(() => jobsOf(state)),
    look: () => {
      state.unfinished.value = recall(state.userId());
    },
    choose: (given, label) => void choose(state, given, label),
    select: (series, chosen) => {
      const now = new Set(state.selected.value);
      for (const key of series) {
        chosen ? now.add(key) : now.delete(key);
      }
      state.selected.value = now;
    },
    decide: (study, decision) => {
      const now = new Map(state.under.value);
      decision === undefined ? now.delete(study.key) : now.set(study.key, decision);
      state.under.value = now;
    },
    start: () => void start(state),
    dismissUnfinished: () => {
      forget();
      state.unfinished.value = undefined;
    },
    reset: () => reset(state),
  };
}

function reset(state: State): void {
  state.abort.abort();
  state.importer.value?.stop();
  batch(() => {
    state.abort = new AbortController();
    state.step.value = 'choose';
    state.scanned.value = NOTHING;
    state.problem.value = undefined;
    state.disc.value = undefined;
    state.here.value = undefined;
    state.hereProblem.value = undefined;
    state.selected.value = new Set();
    state.under.value = new Map();
    state.importer.value = undefined;
  });
}

async function choose(state: State, given: AsyncIterable<Given>, label: string): Promise<void> {
  if (state.importer.value?.phase.value === 'running') {
    return;
  }
  reset(state);
  const { abort } = state;
  state.label = label;
  state.step.value = 'scanning';
  try {
    const { scan } = await import('./scan.ts');
    const onProgress = (progress: ScanProgress): void => {
      state.scanned.value = progress;
    };
    const disc = await scan(given, { signal: abort.signal, onProgress });
    batch(() => {
      state.disc.value = disc;
      state.step.value = 'review';
      selectFound(state, disc);
    });
    await lookHere(state, disc, abort.signal);
  } catch (error) {
    if (!abort.signal.aborted && !isAbort(error)) {
      state.problem.value = error;
      state.step.value = 'choose';
    }
  }
}

/** All of it; or, of an import that was broken off, what had been chosen, with what had been decided. */
function selectFound(state: State, disc: Disc): void {
  const studies = disc.patients.flatMap((patient) => patient.studies);
  const known = new Map(state.unfinished.value?.studies.map((study) => [study.uid, study]));
  const continued = studies.filter(({ uid }) => known.has(uid));
  const chosen = continued.length > 0 ? continued : studies;
  state.selected.value = new Set(
    chosen.flatMap((study) => study.series.filter(({ files }) => files.length > 0).map((series) => seriesKey(study, series))),
  );
  state.under.value = new Map(
    continued.flatMap((study) => {
      const decision = known.get(study.uid)?.decision;
      return decision === undefined ? [] : [[study.key, decision]];
    }),
  );
}

async function lookHere(state: State, disc: Disc, aborted: AbortSignal): Promise<void> {
  try {
    const { findHere } = await import('./here.ts');
    const uids = disc.patients.flatMap(({ studies }) => studies.map(({ uid }) => uid));
    state.here.value = await findHere(state.client, uids, aborted);
  } catch (error) {
    if (!aborted.aborted) {
      state.hereProblem.value = error;
    }
  }
}

function jobsOf({ disc, selected, under, here }: State): readonly ImportJob[] {
  const studies = disc.value?.patients.flatMap((patient) => patient.studies) ?? [];
  return studies.flatMap((study) => {
    const chosen = study.series.filter((series) => selected.value.has(seriesKey(study, series)));
    const known = here.value?.get(study.uid)?.instances;
    const files = chosen
      .flatMap((series) => series.files)
      .filter(({ sopInstanceUid }: DiscFile) => known?.has(sopInstanceUid) !== true);
    return files.length === 0 ? [] : [{ study, files, importId: under.value.get(study.key)?.id }];
  });
}

async function start(state: State): Promise<void> {
  const jobs = jobsOf(state);
  if (jobs.length === 0) {
    return;
  }
  const { startImport } = await import('./importer.ts');
  const studies = jobs.map(({ study }) => ({ uid: study.uid, decision: state.under.value.get(study.key) }));
  remember({ user: state.userId(), label: state.label, studies });
  const importer = startImport(jobs, { client: state.client, onSignedOut: state.onSignedOut });
  batch(() => {
    state.importer.value = importer;
    state.step.value = 'importing';
    state.unfinished.value = undefined;
  });
  const over = importer.phase.subscribe((phase) => {
    if (phase === 'done' && jobs.every((job) => importer.progressOf(job).value.failed === 0)) {
      forget();
      queueMicrotask(() => over());
    }
  });
}
