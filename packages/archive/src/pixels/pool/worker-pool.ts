import { Worker } from 'node:worker_threads';
import { ArchiveError } from '../../core/errors.ts';
import type { PixelLimits } from '../limits.ts';
import type { PixelJob, PixelReply, PixelWorkerStart } from './messages.ts';

type Done = Extract<PixelReply, { readonly ok: true }>;

interface Waiting {
  readonly job: PixelJob;
  readonly resolve: (reply: Done) => void;
  readonly reject: (error: ArchiveError) => void;
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

/** A fixed number of threads that decode and render; one job each, the others wait. How many there are, `Admission` bounds. */
export class WorkerPool implements AsyncDisposable {
  readonly #limits: PixelLimits;
  readonly #script: URL;
  readonly #slots: readonly Slot[];
  readonly #waiting: Waiting[] = [];
  #closed = false;

  constructor(workers: number, limits: PixelLimits, script: URL = new URL('./worker.ts', import.meta.url)) {
    this.#limits = limits;
    this.#script = script;
    this.#slots = Array.from({ length: workers }, () => ({ worker: undefined, busy: undefined, timer: undefined }));
  }

  /** @throws ArchiveError what the job failed with; `limit-exceeded` when it takes too long */
  run(job: PixelJob): Promise<Done> {
    if (this.#closed) {
      return Promise.reject(new ArchiveError('cannot-decode', 'the server is stopping'));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      this.#assign();
    });
  }

  /** Threads that run. */
  get threads(): number {
    return this.#slots.filter(({ worker }) => worker !== undefined).length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true;
    for (const waiting of this.#waiting.splice(0)) {
      waiting.reject(new ArchiveError('cannot-decode', 'the server is stopping'));
    }
    await Promise.all(this.#slots.map((slot) => this.#drop(slot, new ArchiveError('cannot-decode', 'the server is stopping'))));
  }

  #assign(): void {
    for (const slot of this.#slots) {
      if (slot.busy === undefined && !this.#closed) {
        const next = this.#waiting.shift();
        if (next === undefined) {
          return;
        }
        this.#start(slot, next);
      }
    }
  }

  #start(slot: Slot, waiting: Waiting): void {
    clearTimeout(slot.timer);
    slot.busy = waiting;
    slot.worker ??= this.#spawn(slot);
    slot.timer = setTimeout(() => {
      const seconds = Math.round(this.#limits.jobTimeout / 1000);
      void this.#drop(slot, new ArchiveError('limit-exceeded', `the image took longer than ${seconds} s to decode`));
    }, this.#limits.jobTimeout);
    const { buffer } = waiting.job.bytes;
    slot.worker.postMessage(waiting.job, buffer instanceof ArrayBuffer ? [buffer] : []);
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
    if (slot.worker !== worker || waiting === undefined) {
      return;
    }
    clearTimeout(slot.timer);
    slot.busy = undefined;
    if (reply.ok) {
      waiting.resolve(reply);
    } else {
      waiting.reject(new ArchiveError(reply.code, reply.message));
    }
    this.#assign();
    if (slot.busy === undefined) {
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
