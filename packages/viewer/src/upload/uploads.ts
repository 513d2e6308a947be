import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { ApiError } from '../api/client.ts';
import { batches, type DicomFile } from './batches.ts';
import type { Collected, SkipReason } from './collect.ts';
import type { Given } from './given.ts';
import { type FileOutcome, sendBatch } from './send.ts';
import { sendByXhr, type Transport } from './transport.ts';

type UploadPhase = 'idle' | 'running' | 'done' | 'cancelled';

/** A file that is not in the archive after all, and why. */
export type UploadProblem =
  | { readonly path: string; readonly kind: 'skipped'; readonly why: SkipReason }
  | { readonly path: string; readonly kind: 'failed'; readonly outcome: FileOutcome };

interface UploadCounts {
  readonly found: number;
  readonly foundBytes: number;
  readonly stored: number;
  readonly conflict: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The upload that is under way or was the last one; there is one at a time, and more files can be added to it. */
export interface Uploads {
  readonly phase: ReadonlySignal<UploadPhase>;
  readonly counts: ReadonlySignal<UploadCounts>;
  readonly sentBytes: ReadonlySignal<number>;
  /** True once every file was looked at: only then is the total known. */
  readonly searched: ReadonlySignal<boolean>;
  /** The first `MOST_PROBLEMS`. */
  readonly problems: ReadonlySignal<readonly UploadProblem[]>;
  /** How many failed files can be sent again. */
  readonly retriable: ReadonlySignal<number>;
  add(given: AsyncIterable<Given>): void;
  cancel(): void;
  retry(): void;
  dismiss(): void;
}

const PARALLEL = 3;
export const MOST_PROBLEMS = 500;
/** Unpacked files live in memory; of those that failed so much is kept to be sent again. */
const KEPT_FOR_RETRY = 512 * 1024 * 1024;

const NO_COUNTS: UploadCounts = { found: 0, foundBytes: 0, stored: 0, conflict: 0, failed: 0, skipped: 0 };

interface State {
  readonly transport: Transport;
  readonly onSignedOut: () => void;
  readonly phase: Signal<UploadPhase>;
  readonly counts: Signal<UploadCounts>;
  readonly sentBytes: Signal<number>;
  readonly searched: Signal<boolean>;
  readonly problems: Signal<readonly UploadProblem[]>;
  readonly retriable: Signal<number>;
  failed: DicomFile[];
  keptBytes: number;
  running: number;
  abort: AbortController;
}

export function createUploads(onSignedOut: () => void, transport: Transport = sendByXhr): Uploads {
  const state: State = {
    transport,
    onSignedOut,
    phase: signal('idle'),
    counts: signal(NO_COUNTS),
    sentBytes: signal(0),
    searched: signal(true),
    problems: signal([]),
    retriable: signal(0),
    failed: [],
    keptBytes: 0,
    running: 0,
    abort: new AbortController(),
  };
  return {
    ...state,
    add: (given) => {
      begin(state);
      void run(state, collected(given));
    },
    cancel: () => {
      state.abort.abort();
      state.phase.value = 'cancelled';
    },
    retry: () => retry(state),
    dismiss: () => {
      state.phase.value = 'idle';
    },
  };
}

/** The part that knows DICOM is fetched when it is first needed. */
async function* collected(given: AsyncIterable<Given>): AsyncGenerator<Collected> {
  const { collect } = await import('./collect.ts');
  yield* collect(given);
}

/** A first upload starts from nothing; files added while one runs are counted with it. */
function begin(state: State): void {
  if (state.phase.value === 'running') {
    return;
  }
  batch(() => {
    state.abort = new AbortController();
    state.phase.value = 'running';
    state.counts.value = NO_COUNTS;
    state.sentBytes.value = 0;
    state.problems.value = [];
    state.failed = [];
    state.keptBytes = 0;
    state.retriable.value = 0;
  });
}

function retry(state: State): void {
  const again = state.failed;
  const skipped = state.problems.value.filter((problem) => problem.kind === 'skipped');
  const { counts } = state;
  const before = counts.value;
  begin(state);
  counts.value = { ...before, found: before.found - again.length, failed: 0, foundBytes: 0 };
  state.problems.value = skipped;
  void run(state, fromList(again));
}

async function* fromList(files: readonly DicomFile[]): AsyncGenerator<Collected> {
  yield* files;
}

async function run(state: State, files: AsyncIterable<Collected>): Promise<void> {
  const { abort } = state;
  state.running += 1;
  state.searched.value = false;
  const requests = batches(files, (file) => found(state, file));
  const work = async (): Promise<void> => {
    for (;;) {
      const { done, value } = await requests.next();
      if (done === true || abort.signal.aborted) {
        state.searched.value = true;
        return;
      }
      await send(state, value, abort.signal);
    }
  };
  await Promise.allSettled(Array.from({ length: PARALLEL }, work));
  state.running -= 1;
  if (state.running === 0 && !abort.signal.aborted) {
    state.phase.value = 'done';
  }
}

function found(state: State, file: Collected): void {
  const { counts } = state;
  if (file.kind === 'skipped') {
    counts.value = { ...counts.value, skipped: counts.value.skipped + 1 };
    note(state, { kind: 'skipped', path: file.path, why: file.why });
  } else {
    counts.value = { ...counts.value, found: counts.value.found + 1, foundBytes: counts.value.foundBytes + file.content.size };
  }
}

async function send(state: State, files: readonly DicomFile[], signal: AbortSignal): Promise<void> {
  const size = files.reduce((sum, file) => sum + file.content.size, 0);
  let shown = 0;
  const show = (sent: number) => {
    const now = Math.min(sent, size);
    state.sentBytes.value += now - shown;
    shown = now;
  };
  const outcomes = await sendBatch(files, { transport: state.transport, onProgress: show, signal, pause });
  batch(() => {
    show(size);
    files.forEach((file, index) => {
      settle(state, file, outcomes[index] ?? { status: 'failed', error: new ApiError(500, 'no outcome') });
    });
  });
}

function settle(state: State, file: DicomFile, outcome: FileOutcome): void {
  const { counts } = state;
  counts.value = { ...counts.value, [outcome.status]: counts.value[outcome.status] + 1 };
  if (outcome.status !== 'failed') {
    return;
  }
  if ('error' in outcome && outcome.error instanceof ApiError && outcome.error.status === 401) {
    state.onSignedOut();
  }
  note(state, { kind: 'failed', path: file.path, outcome });
  const inMemory = file.content instanceof File ? 0 : file.content.size;
  if (state.keptBytes + inMemory <= KEPT_FOR_RETRY) {
    state.failed.push(file);
    state.keptBytes += inMemory;
    state.retriable.value = state.failed.length;
  }
}

function note(state: State, problem: UploadProblem): void {
  if (state.problems.value.length < MOST_PROBLEMS) {
    state.problems.value = [...state.problems.value, problem];
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
