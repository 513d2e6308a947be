import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Client } from '../api/client.ts';
import { isAbort } from '../api/failure.ts';
import { findStudies, type Study, type StudyPage } from '../api/studies.ts';
import { type Filters, NO_FILTERS, queryOf, writeFilters } from './filters.ts';
import { appendPage, mergeFirstPage, updateInPlace } from './merge.ts';

type ListPhase = 'empty' | 'loading' | 'ready' | 'failed';

/** The study list: outlives its page, so that coming back from an image finds it as it was left. */
export interface Worklist {
  readonly filters: ReadonlySignal<Filters>;
  readonly phase: ReadonlySignal<ListPhase>;
  readonly problem: ReadonlySignal<unknown>;
  readonly studies: ReadonlySignal<readonly Study[]>;
  readonly total: ReadonlySignal<StudyPage['total'] | undefined>;
  /** True while a further page can be had. */
  readonly hasMore: ReadonlySignal<boolean>;
  readonly morePhase: ReadonlySignal<ListPhase>;
  /** Studies that came by themselves a moment ago. */
  readonly fresh: ReadonlySignal<ReadonlySet<string>>;
  /** How many new studies wait until the list may move. */
  readonly waiting: ReadonlySignal<number>;
  readonly selected: Signal<string | undefined>;
  readonly scrollTop: { value: number };
  /** Lists what the filters say; the same filters again keep the list. */
  show(filters: Filters): void;
  reload(): void;
  loadMore(): void;
  /** A study appeared or changed somewhere in the hospital. */
  changed(): void;
  /** Fetches the first page again, quietly. */
  refresh(): void;
  showWaiting(): void;
  /** Tells when rows may move without anybody noticing: asked before every insertion. */
  restsWhen(resting: () => boolean): void;
  /** Empties the list: another person signed in. */
  forget(): void;
}

interface State {
  readonly filters: Signal<Filters>;
  readonly phase: Signal<ListPhase>;
  readonly problem: Signal<unknown>;
  readonly studies: Signal<readonly Study[]>;
  readonly total: Signal<StudyPage['total'] | undefined>;
  readonly hasMore: Signal<boolean>;
  readonly morePhase: Signal<ListPhase>;
  readonly fresh: Signal<ReadonlySet<string>>;
  readonly waiting: Signal<number>;
  /** Cursor of the next page. */
  next: string | null;
  pending: StudyPage | undefined;
  resting: () => boolean;
  request: AbortController;
  timer: ReturnType<typeof setTimeout> | undefined;
  settleTimer: ReturnType<typeof setTimeout> | undefined;
}

const REFRESH_AFTER_MS = 1_200;
const ASK_AGAIN_MS = 2_000;
const FRESH_MS = 9_000;

export function createWorklist(client: Client): Worklist {
  const state = emptyState();
  const reload = () => void load(client, state);
  const refresh = () => schedule(client, state, 0);
  return {
    filters: state.filters,
    phase: state.phase,
    problem: state.problem,
    studies: state.studies,
    total: state.total,
    hasMore: state.hasMore,
    morePhase: state.morePhase,
    fresh: state.fresh,
    waiting: state.waiting,
    selected: signal(undefined),
    scrollTop: { value: 0 },
    show(filters) {
      const same = writeFilters(filters) === writeFilters(state.filters.value) && state.phase.value !== 'empty';
      if (same && state.phase.value === 'ready') {
        refresh();
        return;
      }
      if (!same) {
        state.filters.value = filters;
        this.scrollTop.value = 0;
        this.selected.value = undefined;
      }
      reload();
    },
    reload,
    refresh,
    loadMore: () => void loadMore(client, state),
    changed: () => schedule(client, state, REFRESH_AFTER_MS),
    showWaiting: () => apply(state),
    restsWhen: (resting) => {
      state.resting = resting;
    },
    forget() {
      state.request.abort();
      clearTimeout(state.timer);
      state.timer = undefined;
      forgetPending(state);
      this.selected.value = undefined;
      this.scrollTop.value = 0;
      batch(() => {
        state.phase.value = 'empty';
        state.studies.value = [];
        state.total.value = undefined;
      });
    },
  };
}

function emptyState(): State {
  return {
    filters: signal(NO_FILTERS),
    phase: signal('empty'),
    problem: signal(undefined),
    studies: signal([]),
    total: signal(undefined),
    hasMore: signal(false),
    morePhase: signal('ready'),
    fresh: signal(new Set()),
    waiting: signal(0),
    next: null,
    pending: undefined,
    resting: () => true,
    request: new AbortController(),
    timer: undefined,
    settleTimer: undefined,
  };
}

/** A new list from its beginning; an older request that is still under way is given up. */
async function load(client: Client, state: State): Promise<void> {
  state.request.abort();
  const request = new AbortController();
  state.request = request;
  forgetPending(state);
  state.phase.value = 'loading';
  try {
    const page = await findStudies(client, queryOf(state.filters.value, new Date()), request.signal);
    batch(() => {
      setRows(state, page.studies, page.next);
      state.total.value = page.total;
      state.phase.value = 'ready';
      state.morePhase.value = 'ready';
    });
  } catch (error) {
    if (!request.signal.aborted && !isAbort(error)) {
      state.problem.value = error;
      state.phase.value = 'failed';
    }
  }
}

async function loadMore(client: Client, state: State): Promise<void> {
  const { next, request } = state;
  if (next === null || state.phase.value !== 'ready' || state.morePhase.value === 'loading') {
    return;
  }
  state.morePhase.value = 'loading';
  try {
    const page = await findStudies(client, { ...queryOf(state.filters.value, new Date()), after: next }, request.signal);
    batch(() => {
      setRows(state, appendPage(state.studies.value, page), page.next);
      state.morePhase.value = 'ready';
    });
  } catch (error) {
    if (!request.signal.aborted) {
      state.problem.value = error;
      state.morePhase.value = 'failed';
    }
  }
}

/** Many instances of a study arrive in a row: they are looked at together. */
function schedule(client: Client, state: State, wait: number): void {
  if (state.timer === undefined && state.phase.value === 'ready') {
    state.timer = setTimeout(() => {
      state.timer = undefined;
      void catchUp(client, state);
    }, wait);
  }
}

/** NOTE: only the list is asked: reading single studies would stand in the access log as somebody's looking at them. */
async function catchUp(client: Client, state: State): Promise<void> {
  const { request } = state;
  try {
    const page = await findStudies(client, queryOf(state.filters.value, new Date()), request.signal);
    batch(() => {
      state.total.value = page.total;
      state.studies.value = updateInPlace(state.studies.value, page.studies);
      state.pending = page;
      settlePending(state);
    });
  } catch {
    // The next event or the next look asks again; a list that stands is not taken away for a failed refresh.
  }
}

/** Shows the fresh page now if nothing moves or nobody is looking, else says how many wait and asks again later. */
function settlePending(state: State): void {
  clearTimeout(state.settleTimer);
  if (state.pending === undefined) {
    return;
  }
  const merged = mergeFirstPage(state.studies.value, state.next, state.pending);
  if (!merged.moves || state.resting()) {
    apply(state);
    return;
  }
  state.waiting.value = merged.added.length;
  state.settleTimer = setTimeout(() => settlePending(state), ASK_AGAIN_MS);
}

function apply(state: State): void {
  if (state.pending === undefined) {
    return;
  }
  const merged = mergeFirstPage(state.studies.value, state.next, state.pending);
  batch(() => {
    setRows(state, merged.studies, merged.next);
    forgetPending(state);
    state.fresh.value = new Set([...state.fresh.value, ...merged.added]);
  });
  setTimeout(() => {
    state.fresh.value = new Set([...state.fresh.value].filter((uid) => !merged.added.includes(uid)));
  }, FRESH_MS);
}

function setRows(state: State, studies: readonly Study[], next: string | null): void {
  state.studies.value = studies;
  state.next = next;
  state.hasMore.value = next !== null;
}

function forgetPending(state: State): void {
  state.pending = undefined;
  state.waiting.value = 0;
}
