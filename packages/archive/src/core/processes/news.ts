import type { Log } from '@filmless/access';
import type { ArchiveLimits } from '../limits.ts';
import type { Change } from '../model.ts';
import type { ProcessRecords } from './process-records.ts';

/** Rows read at a time, of one process. */
const PAGE = 100;

export interface NewsOptions {
  readonly records: Pick<ProcessRecords, 'tell' | 'lastTold' | 'told'>;
  /** Of this process. */
  readonly run: () => string;
  readonly limits: Pick<ArchiveLimits, 'newsPollMs' | 'newsKept' | 'changesWaiting'>;
  readonly log: Log;
  readonly hear: (items: readonly Change[]) => void;
}

/**
 * Passes changes between processes, of which each finds out itself whom they concern. Each writes its own in its own order, so that whoever reads needs to remember no more than how far it
 * has read of each. Read while somebody listens.
 */
export class News implements AsyncDisposable {
  readonly #options: NewsOptions;
  #waiting: Change[] = [];
  #telling: Promise<void> | undefined;
  #sequences = { run: '', last: 0 };
  #read: Map<string, number> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #polling: Promise<void> = Promise.resolve();

  constructor(options: NewsOptions) {
    this.#options = options;
  }

  /** Never waits. */
  tell(items: readonly Change[]): void {
    this.#waiting.push(...items);
    this.#waiting.splice(0, this.#waiting.length - this.#options.limits.changesWaiting);
    this.#telling ??= this.#tellAll().finally(() => {
      this.#telling = undefined;
    });
  }

  /** Whether anybody wants to hear. */
  listen(wanted: boolean): void {
    if (wanted && this.#timer === undefined) {
      this.#timer = setInterval(() => this.#poll(), this.#options.limits.newsPollMs).unref();
      this.#poll();
    }
    if (!wanted) {
      this.#stop();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop();
    await Promise.all([this.#polling, this.#telling]);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#read = undefined;
  }

  async #tellAll(): Promise<void> {
    const { records, limits, log, run } = this.#options;
    while (this.#waiting.length > 0) {
      const items = this.#waiting;
      this.#waiting = [];
      const own = run();
      this.#sequences = own === this.#sequences.run ? this.#sequences : { run: own, last: 0 };
      const sequence = this.#sequences.last + 1;
      this.#sequences.last = sequence;
      try {
        await records.tell({ run: own, sequence, text: JSON.stringify(items), from: sequence - limits.newsKept });
      } catch (error) {
        // Who looks again, sees it: an event only says that there is something to look at.
        log.warn({ changes: items.length, error: String(error) }, 'changes-not-told');
      }
    }
  }

  #poll(): void {
    this.#polling = this.#polling
      .then(() => this.#hear())
      .catch((error: unknown) => this.#options.log.warn({ error: String(error) }, 'changes-not-heard'));
  }

  async #hear(): Promise<void> {
    const { records, run, hear } = this.#options;
    const last = await records.lastTold();
    const read = this.#read;
    this.#read = new Map(last);
    // NOTE: who begins to listen hears what comes from then on.
    for (const [from, sequence] of read === undefined ? [] : last) {
      let after = read?.get(from) ?? 0;
      while (from !== run() && after < sequence) {
        const page = await records.told(from, after, PAGE);
        for (const { text } of page) {
          hear(parseNews(text));
        }
        after = page.at(-1)?.sequence ?? sequence;
      }
    }
  }
}

/** What `tell` wrote. */
function parseNews(text: string): readonly Change[] {
  return JSON.parse(text) as readonly Change[];
}
