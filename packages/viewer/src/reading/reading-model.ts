import { batch, computed, effect, type ReadonlySignal, type Signal, signal, untracked } from '@preact/signals';
import type { Client } from '../api/client.ts';
import { fetchStudy, type Openings, type StudyPreview } from '../api/opening.ts';
import type { HospitalSettings, ViewerSettings } from '../api/settings.ts';
import type { Imaging } from '../imaging/imaging.ts';
import { framePath } from '../imaging/model/image-frame.ts';
import { FITTED } from '../imaging/model/view.ts';
import { createHangings, type Hangings } from './hanging/hangings.ts';
import type { OwnKeys } from './key-map.ts';
import { fillEmpty, LAYOUTS, type Layout, MOST_VIEWPORTS, viewportCount } from './layouts.ts';
import { createLinkedPanes } from './linked-panes.ts';
import { createMpr, type Mpr } from './mpr/mpr-model.ts';
import type { PageTools } from './page-tools.ts';
import { counterpart } from './prior-list.ts';
import { createPriors, type Prior, type Priors } from './prior-store.ts';
import { createSeriesEntry, type SeriesEntry } from './series-store.ts';
import type { StudyInfo } from './study-client.ts';
import { createViewportModel, type ViewportModel } from './viewport-model.ts';

type StudyState =
  | { readonly phase: 'loading' }
  | { readonly phase: 'failed'; readonly error: unknown }
  | { readonly phase: 'ready'; readonly study: StudyInfo };

export interface ReadingModel {
  readonly imaging: Imaging;
  readonly state: ReadonlySignal<StudyState>;
  readonly studyInstanceUid: string;
  /** Shown until the image it is of is on the screen. */
  readonly preview: Signal<StudyPreview | undefined>;
  readonly series: ReadonlySignal<readonly SeriesEntry[]>;
  /** Other studies of the patient. */
  readonly priors: Priors;
  readonly hangings: Hangings;
  /** Every series at hand, those of opened priors among them. */
  readonly entries: ReadonlySignal<readonly SeriesEntry[]>;
  readonly viewports: readonly ViewportModel[];
  readonly layout: ReadonlySignal<Layout>;
  /** The viewport shown alone, out of the layout. */
  readonly single: Signal<number | undefined>;
  readonly visible: ReadonlySignal<readonly ViewportModel[]>;
  readonly activeNumber: Signal<number>;
  readonly active: ReadonlySignal<ViewportModel>;
  /** The series of the active viewport as a volume. */
  readonly mpr: Mpr;
  readonly tools: PageTools;
  readonly linked: Signal<boolean>;
  readonly overlay: Signal<boolean>;
  /** Pictures are drawn smooth between their pixels. */
  readonly smooth: Signal<boolean>;
  readonly seriesPanel: Signal<boolean>;
  readonly measurementPanel: Signal<boolean>;
  readonly shortcuts: Signal<boolean>;
  readonly palette: Signal<boolean>;
  /** The dialog that publishes is open. */
  readonly publishing: Signal<boolean>;
  /** The dialog that keeps what is on the screen as a hanging protocol. */
  readonly savingHanging: Signal<boolean>;
  /** Keys the person gave to actions. */
  readonly keys: ReadonlySignal<OwnKeys>;
  load(): Promise<void>;
  /** Asks which series the study has now; what is shown stays. */
  refresh(): Promise<void>;
  open(viewport: ViewportModel, series: SeriesEntry): void;
  /** Shows a prior in the viewport beside the active one, its series that goes best with what is shown there. */
  openPrior(prior: Prior): Promise<void>;
  /** Reads the priors, and hangs the study by the protocol that fits best while nobody has touched it yet. */
  hangUnasked(): Promise<void>;
  setLayout(layout: Layout): void;
  /** Scrolls one viewport, and with linked scroll the others after it. `around` starts over at the end. */
  scroll(viewport: ViewportModel, steps: number, around?: boolean): void;
  goTo(viewport: ViewportModel, index: number): void;
  /** Shows the frame of a measurement in the active viewport; false when its series is not loaded. */
  showFrame(frameId: string): boolean;
  dispose(): void;
}

export interface ReadingOptions {
  readonly client: Client;
  readonly openings: Openings;
  readonly imaging: Imaging;
  readonly studyInstanceUid: string;
  readonly tools: PageTools;
  readonly own: ReadonlySignal<ViewerSettings>;
  readonly hospital: ReadonlySignal<HospitalSettings>;
  /** The session ended: the page asks to sign in again. */
  readonly onSignedOut: () => void;
}

export function createReadingModel(options: ReadingOptions): ReadingModel {
  const { imaging, studyInstanceUid } = options;
  const stop = new AbortController();
  const state = signal<StudyState>({ phase: 'loading' });
  const series = signal<readonly SeriesEntry[]>([]);
  const preview = signal<StudyPreview | undefined>(undefined);
  const screen = createScreen(imaging);
  const { viewports, activeNumber, visible, active } = screen;
  const linked = signal(false);
  const { links, stopLinking } = linkedPanes(linked, visible);
  const mpr = createMpr({ imaging, active, tool: options.tools.tool });
  const others = withOthers(options, screen, { series, state }, stop.signal);
  const goTo = (viewport: ViewportModel, index: number): void => links.move(viewport, index, linked.value ? visible.value : []);
  return {
    imaging,
    studyInstanceUid,
    state,
    series,
    preview,
    ...others,
    ...screen,
    linked,
    mpr,
    ...createSwitches(),
    tools: options.tools,
    keys: computed(() => options.own.value.keys),
    load: () => load(options, { state, series, preview }, firstOf(viewports), stop.signal),
    refresh: () => refresh(options, { state, series, preview }, stop.signal),
    open: (viewport, entry) => openIn(screen, viewport, entry),
    setLayout: (next) =>
      batch(() => {
        show(screen, next);
        fillViewports(viewports.slice(0, viewportCount(next)), series.value);
      }),
    scroll: (viewport, steps, around = false) => {
      const count = viewport.frames.value.length;
      const to = viewport.index.value + steps;
      goTo(viewport, around && count > 0 ? ((to % count) + count) % count : to);
    },
    goTo,
    showFrame: (frameId) => showFrame(frameId, active.value, visible.value, others.entries.value, activeNumber),
    dispose: () => {
      stop.abort();
      stopLinking();
      mpr.dispose();
      for (const viewport of viewports) {
        viewport.dispose();
      }
    },
  };
}

function createScreen(imaging: Imaging) {
  const viewports = Array.from({ length: MOST_VIEWPORTS }, (_, index) => createViewportModel(index + 1, imaging.frames));
  const layout = signal<Layout>(LAYOUTS[0] ?? { rows: 1, columns: 1 });
  const single = signal<number | undefined>(undefined);
  const activeNumber = signal(1);
  const visible = computed(() =>
    viewports.filter(({ number }) =>
      single.value === undefined ? number <= viewportCount(layout.value) : number === single.value,
    ),
  );
  const active = computed(
    () => visible.value.find(({ number }) => number === activeNumber.value) ?? visible.value[0] ?? firstOf(viewports),
  );
  return { viewports, layout, single, activeNumber, visible, active };
}

/** What is shown beside what when linking is switched on is what goes together. */
function linkedPanes(linked: ReadonlySignal<boolean>, visible: ReadonlySignal<readonly ViewportModel[]>) {
  const links = createLinkedPanes();
  const stopLinking = effect(() => {
    if (linked.value) {
      untracked(() => links.anchor(visible.value));
    }
  });
  return { links, stopLinking };
}

type Screen = ReturnType<typeof createScreen>;

/** The patient's other studies, and how all of them are hung. */
function withOthers(
  options: ReadingOptions,
  screen: Screen,
  { series, state }: Pick<Loaded, 'series' | 'state'>,
  stop: AbortSignal,
): Pick<ReadingModel, 'priors' | 'hangings' | 'entries' | 'hangUnasked' | 'openPrior'> {
  const priors = createPriors({ ...options, patientId: () => patientIdOf(state.value), stop });
  const place = { viewports: screen.viewports, show: (next: Layout) => show(screen, next) };
  const hangings = createHangings({ ...options, ...place, priors, series, isDisposed: () => stop.aborted });
  return {
    priors,
    hangings,
    entries: computed(() => [...series.value, ...priors.series.value]),
    hangUnasked: async () => {
      await priors.load();
      await hangings.hangBest(() => isUntouched(screen));
    },
    openPrior: async (prior) => {
      const loaded = await prior.load();
      const infos = loaded.map(({ info }) => info);
      const best = counterpart(screen.active.value.series.value?.info, infos);
      const entry = loaded.find(({ info }) => info === best) ?? loaded[0];
      if (entry !== undefined) {
        batch(() => openIn(screen, besideActive(screen, entry.studyInstanceUid), entry));
      }
    },
  };
}

function openIn({ activeNumber }: Screen, viewport: ViewportModel, entry: SeriesEntry): void {
  viewport.open(entry);
  activeNumber.value = viewport.number;
}

function show({ layout, single, activeNumber }: Screen, next: Layout): void {
  batch(() => {
    layout.value = next;
    single.value = undefined;
    activeNumber.value = Math.min(activeNumber.value, viewportCount(next));
  });
}

/** Still as it was opened: what somebody has begun to look at does not move under the eye. */
function isUntouched({ layout, viewports }: Screen): boolean {
  const [first] = viewports;
  return (
    first !== undefined &&
    viewportCount(layout.value) === 1 &&
    first.index.value === 0 &&
    first.view.value === FITTED &&
    first.chosenGrey.value === undefined &&
    !first.inverted.value &&
    !first.playing.value
  );
}

/** Where a prior goes: where one of the same study is already, else into the viewport after the active one, made if need be. */
function besideActive({ viewports, layout, single, visible, active }: Screen, study: string): ViewportModel {
  const shown = visible.value.find((viewport) => viewport !== active.value && viewport.series.value?.studyInstanceUid === study);
  if (shown !== undefined) {
    return shown;
  }
  const { number } = active.value;
  if (viewportCount(layout.value) === 1) {
    layout.value = { rows: 1, columns: 2 };
  }
  single.value = undefined;
  const count = viewportCount(layout.value);
  return viewports[number % count] ?? active.value;
}

function createSwitches() {
  return {
    overlay: signal(true),
    smooth: signal(true),
    seriesPanel: signal(true),
    measurementPanel: signal(false),
    shortcuts: signal(false),
    palette: signal(false),
    publishing: signal(false),
    savingHanging: signal(false),
  };
}

function patientIdOf(state: StudyState): string {
  return state.phase === 'ready' ? state.study.patient.id : '';
}

interface Loaded {
  readonly state: Signal<StudyState>;
  readonly series: Signal<readonly SeriesEntry[]>;
  readonly preview: Signal<StudyPreview | undefined>;
}

/** The series as the study has them now; those that are known already stay what they are. */
function addSeries(
  { studyInstanceUid, onSignedOut }: ReadingOptions,
  { state, series }: Loaded,
  study: StudyInfo,
  stop: AbortSignal,
): void {
  const known = new Map(series.value.map((entry) => [entry.info.seriesInstanceUid, entry]));
  series.value = study.series.map(
    (info) => known.get(info.seriesInstanceUid) ?? createSeriesEntry(studyInstanceUid, info, stop, onSignedOut),
  );
  state.value = { phase: 'ready', study };
}

/** What cannot be asked for now is seen when the study is opened again. */
async function refresh(options: ReadingOptions, loaded: Loaded, stop: AbortSignal): Promise<void> {
  const study = await fetchStudy(options.client, options.studyInstanceUid, stop).catch(() => undefined);
  if (study !== undefined && !stop.aborted) {
    batch(() => addSeries(options, loaded, study, stop));
  }
}

async function load(options: ReadingOptions, loaded: Loaded, viewport: ViewportModel, stop: AbortSignal): Promise<void> {
  const { client, openings, imaging, studyInstanceUid } = options;
  const { state, series } = loaded;
  state.value = { phase: 'loading' };
  const add = (study: StudyInfo): void => addSeries(options, loaded, study, stop);
  try {
    const { study, more, preview } = await openings.take(studyInstanceUid, stop);
    batch(() => {
      loaded.preview.value = preview ?? undefined;
      add(study);
      openFirst(viewport, series.value, imaging, studyInstanceUid);
    });
    if (more > 0) {
      const whole = await fetchStudy(client, studyInstanceUid, stop);
      batch(() => add(whole));
    }
  } catch (error) {
    if (!stop.aborted) {
      state.value = { phase: 'failed', error };
    }
  }
}

function firstOf(viewports: readonly ViewportModel[]): ViewportModel {
  const [first] = viewports;
  if (first === undefined) {
    throw new Error('a reading page has viewports');
  }
  return first;
}

/** The first series with pictures; its first frame is asked for at once, beside its headers. */
function openFirst(viewport: ViewportModel, series: readonly SeriesEntry[], imaging: Imaging, study: string): void {
  const first =
    series.find((entry) => hasPictures(entry) && !DERIVED.has(entry.info.modality)) ?? series.find(hasPictures) ?? series[0];
  if (first?.info.firstInstanceUid !== null && first !== undefined && first.info.rows !== null) {
    imaging.anticipate(framePath(study, first.info.seriesInstanceUid, first.info.firstInstanceUid, 1));
  }
  viewport.open(first);
}

/** Made from images, not by a modality: shown when asked for. PS3.3 C.7.3.1.1.1. */
const DERIVED: ReadonlySet<string> = new Set(['SEG', 'PR', 'RTDOSE', 'RWV']);

/** By what the study says of it, before its headers are here. */
function hasPictures({ info }: SeriesEntry): boolean {
  return info.rows !== null && info.rows > 0;
}

function fillViewports(viewports: readonly ViewportModel[], series: readonly SeriesEntry[]): void {
  const wanted = fillEmpty(
    series.filter(hasPictures),
    viewports.map((viewport) => viewport.series.value),
  );
  for (const [index, viewport] of viewports.entries()) {
    const entry = wanted[index];
    if (viewport.series.value === undefined && entry !== undefined) {
      viewport.open(entry);
    }
  }
}

function showFrame(
  frameId: string,
  active: ViewportModel,
  visible: readonly ViewportModel[],
  series: readonly SeriesEntry[],
  activeNumber: Signal<number>,
): boolean {
  const at = (viewport: ViewportModel): number => viewport.frames.value.findIndex(({ id }) => id === frameId);
  const showing = [active, ...visible].find((viewport) => at(viewport) >= 0);
  if (showing !== undefined) {
    activeNumber.value = showing.number;
    showing.goTo(at(showing));
    return true;
  }
  const entry = series.find(
    ({ content }) => content.value.phase === 'ready' && content.value.frames.some(({ id }) => id === frameId),
  );
  if (entry === undefined) {
    return false;
  }
  active.open(entry);
  active.goTo(at(active));
  return true;
}
