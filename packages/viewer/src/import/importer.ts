import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { ApiError, type Client } from '../api/client.ts';
import { type FileOutcome, isPassing, sendBatch } from '../upload/send.ts';
import { sendByXhr, type Transport } from '../upload/transport.ts';
import { ZipError } from '../upload/unzip.ts';
import { contents, type OpenedFile } from './contents.ts';
import type { DiscFile, DiscStudy } from './disc.ts';
import { LARGE_BYTES, sendLarge } from './send-large.ts';

/** What of a study is to be stored, and by which decision. */
export interface ImportJob {
  readonly study: DiscStudy;
  readonly files: readonly DiscFile[];
  readonly importId: string | undefined;
}

interface Refusal {
  readonly path: string;
  readonly outcome: FileOutcome;
}

export interface JobProgress {
  readonly total: number;
  readonly totalBytes: number;
  readonly sentBytes: number;
  readonly stored: number;
  readonly conflict: number;
  readonly failed: number;
  /** The first `MOST_REFUSALS`. */
  readonly refusals: readonly Refusal[];
}

type ImportPhase = 'running' | 'stopped' | 'done';

export interface Importer {
  readonly jobs: readonly ImportJob[];
  readonly phase: ReadonlySignal<ImportPhase>;
  /** The line is lost for now; it goes on by itself. */
  readonly waiting: ReadonlySignal<boolean>;
  progressOf(job: ImportJob): ReadonlySignal<JobProgress>;
  /** Ends what is under way; what was stored stays. */
  stop(): void;
  /** Sends what is not stored yet. */
  goOn(): void;
}

/** Requests under way at a time. */
const PARALLEL = 4;
const BATCH_FILES = 60;
const BATCH_BYTES = 16 * 1024 * 1024;
/** A line that is lost: some ten minutes of trying, sooner when the browser says it is back. */
const WAITS_MS = [2_000, 5_000, 10_000, 20_000, 30_000, 60_000, 60_000, 120_000, 120_000, 180_000];
const MOST_REFUSALS = 500;

interface Tracked {
  readonly job: ImportJob;
  readonly progress: Signal<JobProgress>;
  /** Stored, or refused for good. */
  readonly settled: Set<DiscFile>;
}

interface Request {
  readonly tracked: Tracked;
  readonly files: readonly OpenedFile[];
}

interface State {
  readonly client: Client;
  readonly transport: Transport;
  readonly onSignedOut: () => void;
  readonly tracked: ReadonlyMap<ImportJob, Tracked>;
  readonly phase: Signal<ImportPhase>;
  readonly waiting: Signal<boolean>;
  abort: AbortController;
}

export interface ImporterOptions {
  readonly client: Client;
  readonly onSignedOut: () => void;
  readonly transport?: Transport;
}

/** Begins to store the files of some studies; several requests at a time, never more of the files in memory than these. */
export function startImport(
  jobs: readonly ImportJob[],
  { client, onSignedOut, transport = sendByXhr }: ImporterOptions,
): Importer {
  const tracked = new Map(jobs.map((job): [ImportJob, Tracked] => [job, track(job)]));
  const state: State = {
    client,
    transport,
    onSignedOut,
    tracked,
    phase: signal('running'),
    waiting: signal(false),
    abort: new AbortController(),
  };
  void run(state);
  return {
    jobs,
    phase: state.phase,
    waiting: state.waiting,
    progressOf: (job) => (tracked.get(job) ?? track(job)).progress,
    stop: () => {
      state.abort.abort();
      state.phase.value = 'stopped';
    },
    goOn: () => {
      if (state.phase.value !== 'running') {
        forgetFailures(state);
        state.abort = new AbortController();
        state.phase.value = 'running';
        void run(state);
      }
    },
  };
}

function track(job: ImportJob): Tracked {
  const totalBytes = job.files.reduce((sum, { size }) => sum + size, 0);
  const none = { total: job.files.length, totalBytes, sentBytes: 0, stored: 0, conflict: 0, failed: 0, refusals: [] };
  return { job, progress: signal<JobProgress>(none), settled: new Set() };
}

function forgetFailures(state: State): void {
  batch(() => {
    for (const { progress, settled } of state.tracked.values()) {
      const sentBytes = [...settled].reduce((sum, { size }) => sum + size, 0);
      progress.value = { ...progress.value, failed: 0, refusals: [], sentBytes };
    }
  });
}

async function run(state: State): Promise<void> {
  const { abort } = state;
  const requests = requestsOf(state);
  const work = async (): Promise<void> => {
    for (let next = await requests.next(); next.done !== true && !abort.signal.aborted; next = await requests.next()) {
      await send(state, next.value, abort.signal);
    }
  };
  await Promise.allSettled(Array.from({ length: PARALLEL }, work));
  state.waiting.value = false;
  if (!abort.signal.aborted) {
    state.phase.value = 'done';
  }
}

/** Requests as they fill: small files of a study together, large ones alone. */
async function* requestsOf(state: State): AsyncGenerator<Request> {
  const owner = new Map<DiscFile, Tracked>();
  for (const tracked of state.tracked.values()) {
    for (const file of tracked.job.files) {
      if (!tracked.settled.has(file)) {
        owner.set(file, tracked);
      }
    }
  }
  const open = new Map<Tracked, OpenedFile[]>();
  try {
    for await (const opened of contents([...owner.keys()])) {
      const tracked = owner.get(opened.file);
      if (tracked === undefined) {
        continue;
      }
      if (opened.content.size > LARGE_BYTES) {
        yield { tracked, files: [opened] };
        continue;
      }
      const files = open.get(tracked) ?? [];
      files.push(opened);
      open.set(tracked, files);
      if (isFull(files)) {
        open.delete(tracked);
        yield { tracked, files };
      } else if (open.size > PARALLEL) {
        const [oldest] = open;
        if (oldest !== undefined) {
          open.delete(oldest[0]);
          yield { tracked: oldest[0], files: oldest[1] };
        }
      }
    }
  } catch (error) {
    failRest(owner, error);
  }
  for (const [tracked, files] of open) {
    yield { tracked, files };
  }
}

function isFull(files: readonly OpenedFile[]): boolean {
  return files.length >= BATCH_FILES || files.reduce((sum, { content }) => sum + content.size, 0) >= BATCH_BYTES;
}

/** An archive that cannot be gone through again: its files stay unsent. */
function failRest(owner: ReadonlyMap<DiscFile, Tracked>, error: unknown): void {
  const why = error instanceof ZipError ? error : new ApiError(500, String(error));
  for (const [file, tracked] of owner) {
    if (!tracked.settled.has(file) && file.origin.kind === 'zip') {
      settle(tracked, file, { status: 'failed', error: why });
    }
  }
}

async function send(state: State, { tracked, files }: Request, signal: AbortSignal): Promise<void> {
  const size = files.reduce((sum, { content }) => sum + content.size, 0);
  let shown = 0;
  const show = (sent: number): void => {
    const now = Math.min(sent, size);
    const { value } = tracked.progress;
    tracked.progress.value = { ...value, sentBytes: value.sentBytes + now - shown };
    shown = now;
  };
  const outcomes = await outcomesOf(state, tracked.job, files, show, signal);
  batch(() => {
    show(size);
    files.forEach(({ file }, index) => {
      settle(tracked, file, outcomes[index] ?? { status: 'failed', error: new ApiError(500, 'no outcome') });
    });
  });
  if (outcomes.some((outcome) => 'error' in outcome && outcome.error instanceof ApiError && outcome.error.status === 401)) {
    state.onSignedOut();
  }
}

async function outcomesOf(
  state: State,
  { importId }: ImportJob,
  files: readonly OpenedFile[],
  onProgress: (sent: number) => void,
  signal: AbortSignal,
): Promise<readonly FileOutcome[]> {
  const [first] = files;
  if (first !== undefined && first.content.size > LARGE_BYTES) {
    return [await patiently(state, signal, () => sendLarge(first, { client: state.client, importId, onProgress, signal }))];
  }
  const url = importId === undefined ? '/dicom-web/studies' : `/api/imports/${importId}/instances`;
  const parts = files.map(
    ({ file, content }) => ({ kind: 'dicom', path: file.path, content, sopInstanceUid: file.sopInstanceUid }) as const,
  );
  const outcomes = await sendBatch(parts, {
    transport: (call) => state.transport({ ...call, url }),
    onProgress,
    signal,
    pause: (ms, aborted) => pause(state, ms, aborted),
    waitsMs: WAITS_MS,
  });
  state.waiting.value = false;
  return outcomes;
}

async function patiently(state: State, signal: AbortSignal, attempt: () => Promise<FileOutcome>): Promise<FileOutcome> {
  for (const wait of [...WAITS_MS, undefined]) {
    try {
      const outcome = await attempt();
      state.waiting.value = false;
      return outcome;
    } catch (error) {
      signal.throwIfAborted();
      if (wait === undefined || !isPassing(error)) {
        return { status: 'failed', error };
      }
      await pause(state, wait, signal);
    }
  }
  return { status: 'failed', error: new ApiError(0, 'no answer') };
}

/** Waits, no longer than until the browser says that the line is back. */
function pause(state: State, ms: number, signal: AbortSignal): Promise<void> {
  state.waiting.value = true;
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      globalThis.removeEventListener?.('online', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    globalThis.addEventListener?.('online', done);
    signal.addEventListener('abort', done);
  });
}

function settle(tracked: Tracked, file: DiscFile, outcome: FileOutcome): void {
  const { progress, settled } = tracked;
  const { value } = progress;
  const counted = { ...value, [outcome.status]: value[outcome.status] + 1 };
  if (outcome.status !== 'failed') {
    settled.add(file);
    progress.value = counted;
    return;
  }
  const refusals = value.refusals.length < MOST_REFUSALS ? [...value.refusals, { path: file.path, outcome }] : value.refusals;
  progress.value = { ...counted, refusals };
}
