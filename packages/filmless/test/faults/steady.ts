import { setTimeout as sleep } from 'node:timers/promises';
import { sendFiles } from '@filmless/dicom-router';
import { dataSetOf, fetchInstance } from '../support/objects.ts';
import type { Product } from '../support/product.ts';
import { type SmallInstance, sha256, smallInstance } from './instances.ts';
import { stow } from './load.ts';
import { median, residentBytes } from './memory.ts';
import { type Random, randomFrom } from './random.ts';

const ASSOCIATIONS = 4;
/** Instances of one association, before it is released and another is opened. */
const ASSOCIATION_LENGTH = 100;
const STOW_PARTS = 5;
/** One image in so many is as large as a CT's. */
const LARGE_EVERY = 20;
const LARGE_SIDE = 724;
/** A study is full after so many images: real ones do not grow for ever. */
const GENERATION = 600;
const READERS = 2;
const PAUSE_MS = 20;
const SAMPLES = 240;

export interface SteadyOptions {
  readonly seed: string;
  readonly seconds: number;
  /** Instances sent a second by all senders together. */
  readonly perSecond: number;
}

export interface Steady {
  readonly acknowledged: number;
  readonly requests: number;
  /** From asking to the last byte, of all reading requests. */
  readonly slowestReadMs: number;
  readonly readP95Ms: number;
  /** Resident memory: median of the second fifth of the time (caches are warm then) and of the last. */
  readonly warmBytes: number;
  readonly lastBytes: number;
  readonly peakBytes: number;
  /** Everything that should not be, in words. */
  readonly faults: readonly string[];
}

interface State {
  readonly product: Product;
  readonly options: SteadyOptions;
  readonly until: number;
  readonly random: Random;
  readonly acknowledged: number[];
  readonly readMs: number[];
  readonly faults: string[];
  next: number;
}

/** A server at an ordinary day's work: machines send, doctors list, search and look, all the time, at a bounded rate. */
export async function workSteadily(product: Product, options: SteadyOptions): Promise<Steady> {
  const until = performance.now() + options.seconds * 1000;
  const random = randomFrom(`${options.seed}/reading`);
  const state: State = { product, options, until, random, acknowledged: [], readMs: [], faults: [], next: 0 };
  const samples: number[] = [];
  await Promise.all([
    ...Array.from({ length: ASSOCIATIONS }, () => untilTime(state, () => sendByDimse(state))),
    untilTime(state, () => sendByStow(state)),
    ...Array.from({ length: READERS }, () => untilTime(state, () => readSomething(state))),
    untilTime(state, async () => {
      samples.push(residentBytes(product.process.pid ?? 0));
      await sleep((options.seconds * 1000) / SAMPLES);
    }),
  ]);
  await checkAll(state);
  const fifth = Math.floor(samples.length / 5);
  const sorted = state.readMs.toSorted((a, b) => a - b);
  return {
    acknowledged: state.acknowledged.length,
    requests: sorted.length,
    slowestReadMs: Math.round(sorted.at(-1) ?? Number.NaN),
    readP95Ms: Math.round(sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN),
    warmBytes: median(samples.slice(fifth, 2 * fifth)),
    lastBytes: median(samples.slice(-fifth)),
    peakBytes: Math.max(...samples),
    faults: state.faults,
  };
}

async function untilTime(state: State, work: () => Promise<void>): Promise<void> {
  while (performance.now() < state.until && state.faults.length === 0) {
    try {
      await work();
    } catch (error) {
      state.faults.push(error instanceof Error ? `${error.message}` : String(error));
    }
  }
}

function instanceOf({ options }: State, number: number): SmallInstance {
  const seed = `${options.seed}/${Math.floor(number / GENERATION)}`;
  return smallInstance(seed, number, number % LARGE_EVERY === 0 ? LARGE_SIDE : undefined);
}

/** Waits for its turn, so that all senders together keep the rate. */
async function take(state: State): Promise<number> {
  const number = state.next++;
  const due = state.until - state.options.seconds * 1000 + (number / state.options.perSecond) * 1000;
  await sleep(Math.max(0, due - performance.now()));
  return number;
}

async function sendByDimse(state: State): Promise<void> {
  const { product, acknowledged } = state;
  const node = { host: '127.0.0.1', port: product.dicomPort, calledAe: product.aeTitle, callingAe: 'STEADY' };
  async function* files(): AsyncGenerator<Uint8Array> {
    for (let count = 0; count < ASSOCIATION_LENGTH && performance.now() < state.until; count += 1) {
      const number = await take(state);
      yield instanceOf(state, number).file;
      // NOTE: the next file is asked for once the last was answered.
      acknowledged.push(number);
    }
  }
  const { refused } = await sendFiles(node, files());
  state.faults.push(...refused.map(({ problem }) => `C-STORE: ${problem}`));
}

async function sendByStow(state: State): Promise<void> {
  const numbers: number[] = [];
  for (let count = 0; count < STOW_PARTS; count += 1) {
    numbers.push(await take(state));
  }
  const response = await stow(
    state.product,
    numbers.map((number) => instanceOf(state, number).file),
  );
  const text = await response.text();
  if (response.status === 200) {
    state.acknowledged.push(...numbers);
  } else {
    state.faults.push(`STOW answered ${response.status}: ${text.slice(0, 300)}`);
  }
}

/** One thing after the other that a doctor's screen asks for. */
async function readSomething(state: State): Promise<void> {
  const number = state.acknowledged[Math.floor(state.random() * state.acknowledged.length)];
  if (number === undefined) {
    await sleep(PAUSE_MS);
    return;
  }
  const { study, series, sop } = instanceOf(state, number);
  const instance = `/dicom-web/studies/${study}/series/${series}/instances/${sop}`;
  const paths = [
    '/api/studies?limit=50',
    `/api/studies?q=nguyen+van+${number % 6}`,
    `/api/studies/${study}`,
    `/dicom-web/studies?PatientID=P${number % 6}&limit=25`,
    `/dicom-web/studies/${study}/series`,
    `${instance}/metadata`,
    `${instance}/frames/1`,
    `${instance}/rendered`,
    instance,
  ];
  for (const path of paths) {
    const began = performance.now();
    const response = await state.product.fetch(path);
    const bytes = await response.arrayBuffer();
    state.readMs.push(performance.now() - began);
    if (response.status !== 200 || bytes.byteLength === 0) {
      state.faults.push(`${path} answered ${response.status}`);
    }
    await sleep(PAUSE_MS);
  }
}

/** Every acknowledged instance comes back with the bytes that were sent. */
async function checkAll(state: State): Promise<void> {
  const queue = [...state.acknowledged];
  const worker = async () => {
    for (let number = queue.pop(); number !== undefined; number = queue.pop()) {
      const sent = instanceOf(state, number);
      const back = await fetchInstance(state.product, sent.study, sent.series, sent.sop);
      if (typeof back === 'number' || sha256(dataSetOf(back)) !== sent.sha256) {
        state.faults.push(`instance ${number} came back ${typeof back === 'number' ? `with ${back}` : 'with other bytes'}`);
      }
    }
  };
  await Promise.all(Array.from({ length: ASSOCIATIONS }, worker));
}
