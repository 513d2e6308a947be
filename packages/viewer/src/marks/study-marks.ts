import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { ApiError, type Client } from '../api/client.ts';
import { type Mark, type MarkPerson, type MarkPlace, readMarks, sendMarks } from '../api/marks.ts';
import { mergeMarks } from './merge-marks.ts';
import { isSame, type Outbox } from './outbox.ts';

/**
 * `waiting`: on this computer only, until the line is back. `unkept`: not even there, since the browser keeps nothing. `away`: all that was drawn
 * here is saved, and what others draw cannot be asked for. `refused`: the server does not take them. `viewOnly`: who looks at the study may not draw.
 */
export type MarksPhase = 'saved' | 'saving' | 'waiting' | 'unkept' | 'away' | 'refused' | 'viewOnly';

export interface DrawnMark {
  readonly place: MarkPlace;
  readonly tool: string;
  readonly points: readonly (readonly number[])[];
}

/** The marks of one study as they count: what the server has, and over it what it has not confirmed yet. */
export interface StudyMarks extends Disposable {
  readonly studyInstanceUid: string;
  /** By id, deleted ones among them. */
  readonly marks: ReadonlySignal<ReadonlyMap<string, Mark>>;
  readonly phase: ReadonlySignal<MarksPhase>;
  readonly unsent: ReadonlySignal<number>;
  /** Draws a mark, or changes the one of this id. */
  draw(id: string, drawn: DrawnMark): void;
  remove(id: string): void;
  /** Sends what waits, and asks what changed. */
  refresh(): void;
  /** When nothing is on its way any more: sent, or given up for now. */
  idle(): Promise<void>;
}

interface StudyMarksOptions {
  readonly client: Client;
  readonly outbox: Outbox;
  readonly studyInstanceUid: string;
  readonly person: MarkPerson;
  readonly now: () => string;
}

/** Of one request; the server takes as many. */
const AT_ONCE = 50;
/** A mark that is being moved is sent when it rests. */
const REST_MS = 400;
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 30_000;

interface State extends StudyMarksOptions {
  readonly kept: Signal<ReadonlyMap<string, Mark>>;
  readonly pending: Signal<ReadonlyMap<string, Mark>>;
  /** States of marks that the server does not take. */
  readonly refused: Signal<ReadonlySet<Mark>>;
  readonly problem: Signal<'none' | 'line' | 'gone'>;
  readonly mayWrite: Signal<boolean>;
  readonly isLocal: Signal<boolean>;
  readonly stop: AbortController;
  cursor: number;
  wanted: boolean;
  running: Promise<void> | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
  wait: number;
}

export function createStudyMarks(options: StudyMarksOptions): StudyMarks {
  const state: State = {
    ...options,
    kept: signal(new Map()),
    pending: signal(new Map()),
    refused: signal(new Set()),
    problem: signal('none'),
    mayWrite: signal(true),
    isLocal: signal(true),
    stop: new AbortController(),
    cursor: 0,
    wanted: false,
    running: undefined,
    timer: undefined,
    wait: FIRST_WAIT_MS,
  };
  const marks = computed(() => merged(state.kept.value, state.pending.value));
  void recall(state);
  return {
    studyInstanceUid: options.studyInstanceUid,
    marks,
    phase: computed(() => phaseOf(state)),
    unsent: computed(() => (state.mayWrite.value ? state.pending.value.size : 0)),
    draw: (id, drawn) => {
      const before = marks.peek().get(id);
      change(state, { ...next(state, id, before), ...drawn, text: before?.text ?? '', deleted: false });
      later(state, before === undefined ? 0 : REST_MS);
    },
    remove: (id) => {
      const before = marks.peek().get(id);
      if (before !== undefined && !before.deleted) {
        change(state, { ...before, ...next(state, id, before), points: [], text: '', deleted: true });
        later(state, 0);
      }
    },
    refresh: () => wake(state),
    idle: async () => {
      wake(state);
      await state.running;
    },
    [Symbol.dispose]: () => {
      clearTimeout(state.timer);
      state.stop.abort();
    },
  };
}

function merged(kept: ReadonlyMap<string, Mark>, pending: ReadonlyMap<string, Mark>): ReadonlyMap<string, Mark> {
  const all = new Map(kept);
  for (const [id, mark] of pending) {
    const known = kept.get(id);
    all.set(id, known === undefined ? mark : mergeMarks(mark, known));
  }
  return all;
}

function phaseOf({ pending, problem, refused, mayWrite, isLocal }: State): MarksPhase {
  const waits = pending.value.size > 0;
  const isRefused = [...pending.value.values()].some((mark) => refused.value.has(mark));
  if (waits && !mayWrite.value) {
    return 'viewOnly';
  }
  switch (problem.value) {
    case 'gone':
      return 'refused';
    case 'line':
      return waits ? (isLocal.value ? 'waiting' : 'unkept') : 'away';
    case 'none':
      return isRefused ? 'refused' : waits ? 'saving' : 'saved';
  }
}

function next(
  { person, now }: State,
  id: string,
  before: Mark | undefined,
): Omit<Mark, 'place' | 'tool' | 'points' | 'text' | 'deleted'> {
  const at = now();
  return {
    id,
    schema: 1,
    author: before?.author ?? person,
    created: before?.created ?? at,
    modified: at,
    modifiedBy: person,
    revision: (before?.revision ?? 0) + 1,
  };
}

function change(state: State, mark: Mark): void {
  state.pending.value = new Map(state.pending.value).set(mark.id, mark);
  if (state.mayWrite.value) {
    const { outbox, person, studyInstanceUid } = state;
    outbox.put({ user: person.id, studyInstanceUid, mark }).then(
      () => {
        state.isLocal.value = true;
      },
      () => {
        state.isLocal.value = false;
      },
    );
  }
}

/** What waited here when the page was closed. */
async function recall(state: State): Promise<void> {
  const { outbox, person, studyInstanceUid, pending } = state;
  const waiting = await outbox.ofStudy(person.id, studyInstanceUid).catch(() => []);
  const drawn = new Map(waiting.map((mark) => [mark.id, mark]));
  pending.value = merged(drawn, pending.value);
  wake(state);
}

function later(state: State, wait: number): void {
  clearTimeout(state.timer);
  state.timer = setTimeout(() => wake(state), wait);
}

function wake(state: State): void {
  if (state.stop.signal.aborted) {
    return;
  }
  state.wanted = true;
  state.running ??= run(state).finally(() => {
    state.running = undefined;
    // NOTE: asked for behind the last look of what ran.
    if (state.wanted) {
      wake(state);
    }
  });
}

async function run(state: State): Promise<void> {
  while (state.wanted && !state.stop.signal.aborted) {
    state.wanted = false;
    try {
      await send(state);
      await read(state);
      state.problem.value = 'none';
      state.wait = FIRST_WAIT_MS;
    } catch (error) {
      failed(state, error);
    }
  }
}

async function send(state: State): Promise<void> {
  const { client, studyInstanceUid, outbox, person, pending, kept, refused } = state;
  const waiting = (): readonly Mark[] => [...pending.value.values()].filter((mark) => !refused.value.has(mark));
  for (let atOnce = AT_ONCE; waiting().length > 0 && state.mayWrite.value; ) {
    const sent = waiting().slice(0, atOnce);
    const answered = await sendMarks(client, studyInstanceUid, sent).catch((error: unknown) => refusalOf(error));
    if (answered === 'refused') {
      // One that is not taken does not keep the others from being saved.
      refused.value = new Set([...refused.value, ...(sent.length === 1 ? sent : [])]);
      atOnce = 1;
      continue;
    }
    batch(() => {
      kept.value = withAll(kept.value, answered);
      // What was changed while it was sent is sent again.
      pending.value = new Map([...pending.value].filter(([, mark]) => !sent.includes(mark)));
    });
    await Promise.all(sent.map((mark) => outbox.confirm({ user: person.id, studyInstanceUid, mark }).catch(() => undefined)));
  }
}

/** What a mark is refused for; whatever else went wrong is thrown on. */
function refusalOf(error: unknown): 'refused' {
  if (error instanceof ApiError && (error.status === 400 || error.status === 413)) {
    return 'refused';
  }
  throw error;
}

async function read(state: State): Promise<void> {
  for (let more = true; more; ) {
    const page = await readMarks(state.client, state.studyInstanceUid, state.cursor, state.stop.signal);
    state.cursor = page.next;
    more = page.more;
    batch(() => {
      state.kept.value = withAll(state.kept.value, page.marks);
      state.mayWrite.value = page.mayWrite;
    });
    if (!page.mayWrite) {
      await forgetWaiting(state);
    }
  }
}

/** What the server says counts for it; an answer that was overtaken by a newer one does not. */
function withAll(kept: ReadonlyMap<string, Mark>, marks: readonly Mark[]): ReadonlyMap<string, Mark> {
  const isNew = marks.some((mark) => {
    const known = kept.get(mark.id);
    return known === undefined || !isSame(known, mark);
  });
  return isNew ? merged(kept, new Map(marks.map((mark) => [mark.id, mark]))) : kept;
}

function failed(state: State, error: unknown): void {
  if (state.stop.signal.aborted) {
    return;
  }
  const status = error instanceof ApiError ? error.status : 0;
  if (status === 403) {
    state.mayWrite.value = false;
    void forgetWaiting(state);
    return;
  }
  if (status === 404) {
    state.problem.value = 'gone';
    return;
  }
  state.problem.value = 'line';
  if (status === 401) {
    // Asked again once somebody has signed in.
    return;
  }
  later(state, state.wait);
  state.wait = Math.min(state.wait * 2, LONGEST_WAIT_MS);
}

/** What will never be taken does not stay on a computer that others use. */
async function forgetWaiting({ outbox, person, studyInstanceUid, pending }: State): Promise<void> {
  for (const mark of pending.peek().values()) {
    await outbox.confirm({ user: person.id, studyInstanceUid, mark }).catch(() => undefined);
  }
}
