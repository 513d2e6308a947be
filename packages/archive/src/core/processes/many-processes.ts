import type { Log } from '@filmless/access';
import { ArchiveError } from '../errors.ts';
import type { ArchiveLimits } from '../limits.ts';
import type { StoreRuns } from '../object-store.ts';
import type { ProcessRecords } from './process-records.ts';
import { type Duties, NamedTurns, type Processes } from './processes.ts';
import { Pulse } from './pulse.ts';

/** Between two tries to get a lock that another process has. */
const AGAIN_MS = 100;

export interface ManyProcessesOptions {
  readonly records: ProcessRecords;
  readonly runs: StoreRuns;
  readonly limits: Pick<ArchiveLimits, 'processBeatMs' | 'processBeats' | 'processLockMs'>;
  readonly log: Log;
}

/**
 * One of several processes over the same records and objects. It says that it lives, looks whether the others do, and takes over what one
 * left that ended, however it ended. A process that was only slow finds that its run is over, and goes on with a new one: what it was
 * storing under the old run is refused by index and records, so that its senders send it again.
 */
export class ManyProcesses implements Processes {
  readonly shared = true;
  readonly #options: ManyProcessesOptions;
  readonly #turns = new NamedTurns();
  readonly #pulse: Pulse;
  #duties: Duties | undefined;
  #seenUntil = '';
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #takingOver: Promise<void> | undefined;
  #ended = false;

  constructor(options: ManyProcessesOptions) {
    this.#options = options;
    this.#pulse = new Pulse(options.limits.processBeats);
  }

  /** Before anything is stored. */
  async begin(now: string): Promise<void> {
    const { records, runs } = this.#options;
    this.#seenUntil = now;
    await records.begin(runs.current, now);
  }

  /** Says that it lives from now on: a start may take longer than the others wait for that. */
  beat(): void {
    if (this.#timer === undefined) {
      this.#schedule();
    }
  }

  async living(): Promise<ReadonlySet<string>> {
    return new Set((await this.#options.records.running()).map(({ run }) => run));
  }

  run(): string {
    return this.#options.runs.current;
  }

  watch(duties: Duties): void {
    this.#duties = duties;
    this.beat();
  }

  runOf(objectKey: string): string {
    return this.#options.runs.of(objectKey);
  }

  async exclusive<T>(name: string, work: () => Promise<T>): Promise<T> {
    const { processLockMs } = this.#options.limits;
    return await this.#turns.run(name, async () => {
      const until = performance.now() + processLockMs;
      let run = await this.#claim(name);
      while (run === undefined) {
        if (performance.now() > until) {
          throw new ArchiveError('busy', 'another server is doing the same just now: try again in a moment');
        }
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
        run = await this.#claim(name);
      }
      return await this.#with(name, run, work);
    });
  }

  async ifFree(name: string, work: () => Promise<void>): Promise<void> {
    await this.#turns.run(name, async () => {
      const run = await this.#claim(name);
      if (run !== undefined) {
        await this.#with(name, run, work);
      }
    });
  }

  /** Says that it ends: what it may not have come to is taken over at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#timer);
    await this.#looking;
    await this.#takingOver;
    const { records, runs, log } = this.#options;
    await records.end(runs.current).catch((error: unknown) => log.warn({ error: String(error) }, 'end-not-told'));
  }

  async #claim(name: string): Promise<string | undefined> {
    const { records, runs } = this.#options;
    const { current } = runs;
    return (await records.claim(name, current)) ? current : undefined;
  }

  async #with<T>(name: string, run: string, work: () => Promise<T>): Promise<T> {
    const { records, log } = this.#options;
    try {
      return await work();
    } finally {
      // NOTE: a lock that stays is one until this run ends, and within the process it is taken again.
      await records.release(name, run).catch((error: unknown) => log.warn({ name, error: String(error) }, 'lock-not-released'));
    }
  }

  #schedule(): void {
    if (!this.#ended) {
      this.#timer = setTimeout(() => {
        this.#looking = this.#look().finally(() => this.#schedule());
      }, this.#options.limits.processBeatMs).unref();
    }
  }

  async #look(): Promise<void> {
    const { records, runs, log } = this.#options;
    try {
      const seenUntil = this.#duties?.seenUntil() ?? this.#seenUntil;
      if (!(await records.beat(runs.current, seenUntil))) {
        log.warn({ run: runs.current }, 'taken-for-ended-goes-on-with-a-new-run');
        const next = runs.next();
        await records.begin(next, seenUntil);
        // NOTE: not before: of what lies under a run that nobody knows, others believe that its process has ended.
        runs.goOnIn(next);
      }
      for (const { run, beat } of this.#pulse.look(await records.running())) {
        log.warn({ run }, 'another-process-ended');
        await records.end(run, beat);
      }
    } catch (error) {
      this.#pulse.missed();
      log.warn({ error: String(error) }, 'processes-not-looked-after');
      return;
    }
    const duties = this.#duties;
    if (duties !== undefined) {
      // NOTE: nobody waits for it: who did not beat meanwhile would be taken for ended too.
      this.#takingOver ??= this.#takeOver(duties).finally(() => {
        this.#takingOver = undefined;
      });
    }
  }

  async #takeOver(duties: Duties): Promise<void> {
    const { records, log } = this.#options;
    try {
      if ((await records.ended()).length > 0) {
        await this.ifFree('take-over', async () => {
          const ended = await records.ended();
          if (ended.length === 0) {
            return;
          }
          await duties.takeOver(ended);
          for (const { run } of ended) {
            await records.forget(run);
          }
        });
      }
    } catch (error) {
      log.warn({ error: String(error) }, 'ended-process-not-taken-over');
    }
  }
}
