import { Worker } from 'node:worker_threads';
import { ArchiveError } from '../../core/errors.ts';
import type { PixelLimits } from '../limits.ts';
import { type PixelJob, type PixelReply, type PixelWorkerStart, refusalOf } from './messages.ts';

type Done = Extract<PixelReply, { readonly ok: true }>;

/** What goes first where several wait: frames somebody looks at, then pictures of them, then whole instances. */
const LANES = ['frame', 'picture', 'instance'] as const;

/** A job that is read when its turn comes: what waits holds no pixels. */
export interface PlannedJob {
  readonly lane: (typeof LANES)[number];
  /** Encoded bytes that `read` will hold. */
  readonly bytes: number;
  /** Takes long, as a large X-ray does: unless it is a frame, one thread is left to others. */
  readonly heavy: boolean;
  readonly read: () => Promise<PixelJob>;
}

interface Waiting {
  readonly planned: PlannedJob;
  readonly resolve: (reply: Done) => void;
  readonly reject: (error: Error) => void;
}

/** A place for one worker; the worker is started at its first job and replaced after it failed. */
interface Slot {
  worker: Worker | undefined;
  busy: Waiting | undefined;
  /** Ends a job that takes too long; without a job, the worker that has had none for long. */
  timer: NodeJS.Timeout | undefined;
}

/** Of JavaScript's own: pixels lie outside, and are bounded by `PixelLimits`. What is young is a job's description and lists of few entries. */
const MEMORY = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 1024 } as const;

/**
 * A fixed number of threads that decode and render; one job each, the others wait. How many there are, `Admission` bounds. However many
 * large pictures are asked for, a thread is left for frames, and what is small waits for none of them.
 */
export class WorkerPool implements AsyncDisposable {
  readonly #limits: PixelLimits;
  readonly #script: URL;
  readonly #slots: readonly Slot[];
  readonly #waiting: Readonly<Record<PlannedJob['lane'], Waiting[]>> = { frame: [], picture: [], instance: [] };
  #closed = false;

  constructor(workers: number, limits: PixelLimits, script: URL = new URL('./worker.ts', import.meta.url)) {
    this.#limits = limits;
    this.#script = script;
    this.#slots = Array.from({ length: workers }, () => ({ worker: undefined, busy: undefined, timer: undefined }));
  }

  /** @throws ArchiveError what the job failed with; `limit-exceeded` when it takes too long */
  run(planned: PlannedJob): Promise<Done> {
    if (this.#closed) {
      return Promise.reject(new ArchiveError('cannot-decode', 'the server is stopping'));
    }
    return new Promise((resolve, reject) => {
      this.#waiting[planned.lane].push({ planned, resolve, reject });
      this.#assign();
    });
  }

  /** Threads that run. */
  get threads(): number {
    return this.#slots.filter(({ worker }) => worker !== undefined).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const waiting of LANES.flatMap((lane) => this.#waiting[lane].splice(0))) {
      waiting.reject(new ArchiveError('cannot-decode', 'the server is stopping'));
    }
    await Promise.all(this.#slots.map((slot) => this.#drop(slot, new ArchiveError('cannot-decode', 'the server is stopping'))));
  }

  #assign(): void {
    for (const slot of this.#slots) {
      if (slot.busy === undefined && !this.#closed) {
        const next = this.#next();
        if (next === undefined) {
          return;
        }
        this.#start(slot, next);
      }
    }
  }

  /** The first that may begin now. */
  #next(): Waiting | undefined {
    const running = this.#slots.flatMap(({ busy }) => busy?.planned ?? []);
    const bytes = running.reduce((sum, planned) => sum + planned.bytes, 0);
    const heavy = running.filter((planned) => planned.heavy && planned.lane !== 'frame').length;
    const mostHeavy = Math.max(1, this.#slots.length - 1);
    for (const lane of LANES) {
      const at = this.#waiting[lane].findIndex(
        ({ planned }) =>
          (running.length === 0 || bytes + planned.bytes <= this.#limits.maxJobBytes) &&
          (lane === 'frame' || !planned.heavy || heavy < mostHeavy),
      );
      if (at !== -1) {
        return this.#waiting[lane].splice(at, 1)[0];
      }
    }
    return undefined;
  }

  #start(slot: Slot, waiting: Waiting): void {
    clearTimeout(slot.timer);
    slot.busy = waiting;
    slot.worker ??= this.#spawn(slot);
    slot.timer = setTimeout(() => {
      const seconds = Math.round(this.#limits.jobTimeout / 1000);
      void this.#drop(slot, new ArchiveError('limit-exceeded', `the image took longer than ${seconds} s to decode`));
    }, this.#limits.jobTimeout);
    waiting.planned
      .read()
      .then((job) => this.#hand(slot, waiting, job))
      .catch((error: unknown) => this.#end(slot, waiting, () => waiting.reject(refusalOf(error))));
  }

  #hand(slot: Slot, waiting: Waiting, job: PixelJob): void {
    if (slot.busy === waiting) {
      const { buffer } = job.bytes;
      slot.worker?.postMessage(job, buffer instanceof ArrayBuffer ? [buffer] : []);
    }
  }

  #spawn(slot: Slot): Worker {
    const workerData: PixelWorkerStart = { limits: this.#limits };
    const worker = new Worker(this.#script, { workerData, resourceLimits: MEMORY });
    worker.on('message', (reply: PixelReply) => this.#settle(slot, worker, reply));
    worker.on('error', (error) => {
      if (slot.worker === worker) {
        void this.#drop(slot, new ArchiveError('cannot-decode', `the decoder failed: ${error.message}`, { cause: error }));
      }
    });
    worker.on('exit', () => {
      if (slot.worker === worker) {
        void this.#drop(slot, new ArchiveError('cannot-decode', 'the decoder ended without an answer'));
      }
    });
    return worker;
  }

  #settle(slot: Slot, worker: Worker, reply: PixelReply): void {
    const waiting = slot.busy;
    if (slot.worker === worker && waiting !== undefined) {
      const settle = reply.ok ? () => waiting.resolve(reply) : () => waiting.reject(new ArchiveError(reply.code, reply.message));
      this.#end(slot, waiting, settle);
    }
  }

  /** The slot is free again; its worker is kept for a while. */
  #end(slot: Slot, waiting: Waiting, settle: () => void): void {
    if (slot.busy !== waiting) {
      return;
    }
    clearTimeout(slot.timer);
    slot.busy = undefined;
    settle();
    this.#assign();
    if (slot.busy === undefined && slot.worker !== undefined) {
      slot.timer = setTimeout(() => void this.#drop(slot, new ArchiveError('cannot-decode', 'idle')), this.#limits.workerIdle);
      slot.timer.unref();
    }
  }

  /** Ends a slot's worker and its job; the next job starts a new one. */
  async #drop(slot: Slot, error: ArchiveError): Promise<void> {
    const { worker, busy } = slot;
    clearTimeout(slot.timer);
    slot.worker = undefined;
    slot.busy = undefined;
    busy?.reject(error);
    const ended = worker?.terminate();
    this.#assign();
    await ended;
  }
}
