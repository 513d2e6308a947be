import type { Dependencies } from '../dependencies.ts';
import type { RefusedInstance } from './refusal-records.ts';

/** Gathered for one commit. */
const GATHER_MS = 200;
/** A disk that was full may have room again. */
const AGAIN_MS = 5_000;

/** Notes what was sent and not taken. Never waits, and never fails: an instance is refused whether or not that can be written down. */
export class Refusals implements AsyncDisposable {
  readonly #with: Pick<Dependencies, 'records' | 'limits' | 'log' | 'now'>;
  readonly #told: (studyInstanceUid: string) => void;
  /** By SOP Instance UID; the oldest first. */
  #waiting = new Map<string, RefusedInstance>();
  #timer: NodeJS.Timeout | undefined;
  #work: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(dependencies: Pick<Dependencies, 'records' | 'limits' | 'log' | 'now'>, told: (studyInstanceUid: string) => void) {
    this.#with = dependencies;
    this.#told = told;
  }

  note(refused: Omit<RefusedInstance, 'at'>): void {
    this.#waiting.set(refused.sopInstanceUid, { ...refused, at: this.#with.now() });
    if (this.#waiting.size > this.#with.limits.refusalsWaiting) {
      this.#waiting.delete(this.#waiting.keys().next().value ?? '');
    }
    this.#schedule(GATHER_MS);
  }

  /** Resolves once all is written that can be. */
  async idle(): Promise<void> {
    this.#write();
    await this.#work;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    await this.idle();
  }

  #schedule(ms: number): void {
    if (!this.#ended) {
      this.#timer ??= setTimeout(() => this.#write(), ms).unref();
    }
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const refused = this.#waiting;
    if (refused.size === 0) {
      return;
    }
    this.#waiting = new Map();
    this.#work = this.#work.then(() => this.#keep(refused));
  }

  async #keep(refused: ReadonlyMap<string, RefusedInstance>): Promise<void> {
    const { records, limits, log, now } = this.#with;
    const before = new Date(Date.parse(now()) - limits.refusalsKeptMs).toISOString();
    try {
      await records.refusals.note([...refused.values()], before, limits.refusals);
      for (const study of new Set([...refused.values()].map(({ studyInstanceUid }) => studyInstanceUid))) {
        this.#told(study);
      }
    } catch (error) {
      log.warn({ instances: refused.size, error: String(error) }, 'refusals-not-noted');
      this.#waiting = new Map([...refused, ...this.#waiting]);
      this.#schedule(AGAIN_MS);
    }
  }
}
