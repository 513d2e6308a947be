import { randomUUID } from 'node:crypto';
import type { Dependencies } from '../dependencies.ts';
import { makeText } from './make-text.ts';
import { Roots } from './roots.ts';
import type { ClaimedSeries, SeriesText } from './series-texts.ts';

type Needs = Pick<Dependencies, 'index' | 'log' | 'now' | 'limits'>;

/** What texts are made for while nobody has asked for any: it is only a name, and answers are given the client's own. */
const NO_ROOT = 'http://127.0.0.1/dicom-web';
const EVERYWHERE = { facilities: 'all' } as const;

type MakeMore = (series: ClaimedSeries, goesOn: () => boolean) => Promise<boolean>;

/**
 * What is made of series once nothing comes any more, while this process has nothing to store: the text of their headers. One series at a
 * time, by whichever process claims it; one whose process ends is claimed by another when its time is over.
 */
export class SeriesWork implements AsyncDisposable {
  readonly #with: Needs;
  readonly #by = randomUUID();
  readonly #roots = new Roots();
  #more: MakeMore | undefined;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> = Promise.resolve();
  #isEnded = false;
  #storedAt = Number.NEGATIVE_INFINITY;
  #workedAt = performance.now();

  constructor(dependencies: Needs) {
    this.#with = dependencies;
  }

  /** Makes more of each series; `more` gives false when it could not finish. */
  also(more: MakeMore): void {
    this.#more = more;
  }

  /** Looks for work from now on. */
  start(): void {
    this.#timer = setTimeout(() => {
      this.#working = this.#look().finally(() => (this.#isEnded ? undefined : this.start()));
    }, this.#with.limits.seriesLookMs).unref();
  }

  /**
   * Metadata was asked for under a root; `kept` is a series whose text names another: it is made anew once that is what most ask for, and
   * serves until then.
   */
  asked(root: string, kept?: SeriesText): void {
    this.#roots.note(root);
    if (kept !== undefined && this.#roots.isBetter(root, kept.root)) {
      this.wanted(kept);
    }
  }

  /** What is made of a series was asked for, and is not there, or could be better: it is looked at when there is time. */
  wanted(series: Parameters<Needs['index']['texts']['again']>[0]): void {
    const { index, log, now } = this.#with;
    index.texts.again(series, now()).catch((error: unknown) => log.warn({ error: String(error) }, 'series-work-failed'));
  }

  /** Something is being stored: what is made here waits. */
  stored(): void {
    this.#storedAt = performance.now();
  }

  /** Makes everything that is due, at once. */
  async workAll(): Promise<void> {
    while (await this.#next()) {
      // One after the other.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isEnded = true;
    clearTimeout(this.#timer);
    await this.#working;
  }

  async #look(): Promise<void> {
    const { index, log, now, limits } = this.#with;
    try {
      while (!this.#isEnded && this.#hasTime() && (await index.texts.anyDue(now()))) {
        const starving = !this.#isAtRest();
        if (!(await this.#next()) || starving) {
          break;
        }
      }
    } catch (error) {
      log.warn({ error: String(error), again: limits.seriesLookMs }, 'series-work-failed');
    }
  }

  #isAtRest(): boolean {
    return performance.now() - this.#storedAt >= this.#with.limits.seriesRestMs;
  }

  /** A server that stores without a pause makes one now and then. */
  #hasTime(): boolean {
    return this.#isAtRest() || performance.now() - this.#workedAt >= this.#with.limits.seriesStarvedMs;
  }

  /** Claims a series and makes what is to be made of it. False when there is none. */
  async #next(): Promise<boolean> {
    const { index, limits, log } = this.#with;
    const now = this.#with.now();
    const series = await index.texts.claim({
      now,
      quietMs: limits.seriesQuietMs,
      quietSince: later(now, -limits.seriesQuietMs),
      by: this.#by,
      until: later(now, limits.seriesLeaseMs),
    });
    if (series === undefined) {
      return false;
    }
    try {
      await this.#make(series);
      this.#workedAt = performance.now();
    } catch (error) {
      log.warn({ series: series.id, error: String(error) }, 'series-not-settled');
      await index.texts.postpone(series, later(now, limits.seriesLeaseMs));
    }
    return true;
  }

  async #make(series: ClaimedSeries): Promise<void> {
    const { index, limits, now } = this.#with;
    const { studyInstanceUid, seriesInstanceUid } = series;
    const isWorthIt = series.instances >= limits.seriesTextInstances;
    const headers = index.texts.headers({ studyInstanceUid, seriesInstanceUid }, EVERYWHERE, now());
    const text = isWorthIt ? await makeText(headers, await this.#root(), limits) : undefined;
    const isDone = (await this.#more?.(series, () => !this.#isEnded)) ?? true;
    if (!isDone || !(await index.texts.settle(series, text))) {
      await index.texts.postpone(series, later(now(), limits.seriesQuietMs));
    }
  }

  async #root(): Promise<string> {
    return this.#roots.preferred() ?? (await this.#with.index.texts.lastRoot()) ?? NO_ROOT;
  }
}

function later(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}
