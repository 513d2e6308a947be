import { batch, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Client } from '../api/client.ts';
import { isAbort } from '../api/failure.ts';
import { findOrders, type Order, type OrderPage, type OrderQuery } from '../api/orders.ts';

type ListPhase = 'loading' | 'ready' | 'failed';

/** The orders on the screen. Changes come in by themselves; rows move only while nobody is about to press one. */
export interface OrderList {
  readonly phase: ReadonlySignal<ListPhase>;
  readonly problem: ReadonlySignal<unknown>;
  readonly orders: ReadonlySignal<readonly Order[]>;
  readonly hasMore: ReadonlySignal<boolean>;
  readonly loadingMore: ReadonlySignal<boolean>;
  /** How many new orders wait until the list may move. */
  readonly waiting: ReadonlySignal<number>;
  /** Lists what the query says; called again with another one. `query` is asked for at every look, because a day ends. */
  show(query: () => OrderQuery): void;
  reload(): void;
  loadMore(): void;
  /** An order changed somewhere. */
  changed(): void;
  showWaiting(): void;
  restsWhen(resting: () => boolean): void;
  close(): void;
}

interface State {
  readonly phase: Signal<ListPhase>;
  readonly problem: Signal<unknown>;
  readonly orders: Signal<readonly Order[]>;
  readonly hasMore: Signal<boolean>;
  readonly loadingMore: Signal<boolean>;
  readonly waiting: Signal<number>;
  query: () => OrderQuery;
  next: string | null;
  pending: OrderPage | undefined;
  resting: () => boolean;
  request: AbortController;
  timer: ReturnType<typeof setTimeout> | undefined;
  settleTimer: ReturnType<typeof setTimeout> | undefined;
}

const REFRESH_AFTER_MS = 600;
const ASK_AGAIN_MS = 2_000;
/** So many pages are read again at a change; what lies behind them is asked for anew when somebody scrolls there. */
const PAGES_AGAIN = 5;

export function createOrderList(client: Client): OrderList {
  const state = emptyState();
  const reload = () => void load(client, state);
  return {
    ...state,
    show(query) {
      state.query = query;
      reload();
    },
    reload,
    loadMore: () => void loadMore(client, state),
    changed() {
      if (state.timer === undefined && state.phase.value === 'ready') {
        state.timer = setTimeout(() => {
          state.timer = undefined;
          void catchUp(client, state);
        }, REFRESH_AFTER_MS);
      }
    },
    showWaiting: () => apply(state),
    restsWhen: (resting) => {
      state.resting = resting;
    },
    close() {
      state.request.abort();
      clearTimeout(state.timer);
      clearTimeout(state.settleTimer);
    },
  };
}

function emptyState(): State {
  return {
    phase: signal('loading'),
    problem: signal(undefined),
    orders: signal([]),
    hasMore: signal(false),
    loadingMore: signal(false),
    waiting: signal(0),
    query: () => ({}),
    next: null,
    pending: undefined,
    resting: () => true,
    request: new AbortController(),
    timer: undefined,
    settleTimer: undefined,
  };
}

async function load(client: Client, state: State): Promise<void> {
  state.request.abort();
  const request = new AbortController();
  state.request = request;
  state.pending = undefined;
  batch(() => {
    state.phase.value = 'loading';
    state.loadingMore.value = false;
    state.waiting.value = 0;
  });
  try {
    const page = await findOrders(client, state.query(), request.signal);
    batch(() => {
      setRows(state, page);
      state.phase.value = 'ready';
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
  if (next === null || state.phase.value !== 'ready' || state.loadingMore.value) {
    return;
  }
  state.loadingMore.value = true;
  try {
    const page = await findOrders(client, { ...state.query(), after: next }, request.signal);
    const known = new Set(state.orders.value.map(keyOf));
    const further = page.orders.filter((order) => !known.has(keyOf(order)));
    setRows(state, { orders: [...state.orders.value, ...further], next: page.next });
  } catch (error) {
    if (!request.signal.aborted) {
      state.problem.value = error;
    }
  } finally {
    if (!request.signal.aborted) {
      state.loadingMore.value = false;
    }
  }
}

async function catchUp(client: Client, state: State): Promise<void> {
  const { request } = state;
  try {
    const page = await readAgain(client, state, request.signal);
    const newer = new Map(page.orders.map((order) => [keyOf(order), order]));
    batch(() => {
      state.orders.value = state.orders.value.map((order) => newer.get(keyOf(order)) ?? order);
      state.pending = page;
      settle(state);
    });
  } catch {
    // A list that stands is not taken away for a failed refresh; the next change asks again.
  }
}

async function readAgain(client: Client, state: State, signal: AbortSignal): Promise<OrderPage> {
  const wanted = state.orders.value.length;
  let page = await findOrders(client, state.query(), signal);
  for (let pages = 1; pages < PAGES_AGAIN && page.next !== null && page.orders.length < wanted; pages += 1) {
    const further = await findOrders(client, { ...state.query(), after: page.next }, signal);
    page = { orders: [...page.orders, ...further.orders], next: further.next };
  }
  return page;
}

/** Shows what came now if no row moves or nobody is looking, else says how many wait and asks again later. */
function settle(state: State): void {
  clearTimeout(state.settleTimer);
  const { pending } = state;
  if (pending === undefined) {
    return;
  }
  const moves = state.orders.value.some((order, index) => keyOf(order) !== keyOf(pending.orders[index]));
  if (!moves || state.resting()) {
    apply(state);
    return;
  }
  const known = new Set(state.orders.value.map(keyOf));
  state.waiting.value = pending.orders.filter((order) => !known.has(keyOf(order))).length;
  state.settleTimer = setTimeout(() => settle(state), ASK_AGAIN_MS);
}

function apply(state: State): void {
  if (state.pending !== undefined) {
    const { pending } = state;
    state.pending = undefined;
    clearTimeout(state.settleTimer);
    batch(() => {
      setRows(state, pending);
      state.waiting.value = 0;
    });
  }
}

function setRows(state: State, { orders, next }: OrderPage): void {
  state.orders.value = orders;
  state.next = next;
  state.hasMore.value = next !== null;
}

/** Accession numbers are unique within a facility. */
export function keyOf(order: Order | undefined): string {
  return order === undefined ? '' : `${order.facility}/${order.accessionNumber}`;
}
