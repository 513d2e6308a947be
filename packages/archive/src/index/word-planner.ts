import type { Database } from '@filmless/database';
import type { Demand } from './study-words.ts';
import { type Beginnings, beginningsOf, countWord } from './words.ts';

/** Words of more studies than this lead no search: going down all studies, the newest first, finds a page of them sooner. */
const MOST_LEADING = 250_000;
/** Fewer are told from more at a glance; only where all have more are they counted on. */
const FEW = 20_000;
/** How long a count is believed, in milliseconds, and of how many beginnings of words. NOTE: only how a search is done depends on it. */
const BELIEVED_MS = 60_000;
const MOST_REMEMBERED = 2_000;

export type Engine = 'sqlite' | 'postgres';

interface Count {
  readonly count: number;
  readonly until: number;
}

/** Finds out which word of a search leads it. On SQLite the full-text index knows by itself. */
export class WordPlanner {
  readonly #database: Pick<Database<never>, 'read'>;
  readonly #engine: Engine;
  readonly #counts = new Map<string, Count>();

  constructor(database: Pick<Database<never>, 'read'>, engine: Engine) {
    this.#database = database;
    this.#engine = engine;
  }

  /** Which of the words that `study_word` is asked leads, where the engine asks for that and one has few studies. */
  async plan(demands: readonly Demand[]): Promise<number | undefined> {
    if (this.#engine === 'sqlite') {
      return undefined;
    }
    const words = beginningsOf(demands);
    return (await this.#rarest(words, FEW)) ?? (await this.#rarest(words, MOST_LEADING));
  }

  async #rarest(words: readonly Beginnings[], most: number): Promise<number | undefined> {
    let rarest: { readonly at: number; readonly count: number } | undefined;
    for (const [at, word] of words.entries()) {
      const count = await this.#count(word, most);
      if (count < most && (rarest === undefined || count < rarest.count)) {
        rarest = { at, count };
      }
    }
    return rarest?.at;
  }

  async #count(word: Beginnings, most: number): Promise<number> {
    const key = [...word, most].join(' ');
    const known = this.#counts.get(key);
    if (known !== undefined && known.until > performance.now()) {
      return known.count;
    }
    const [row] = await this.#database.read(countWord(word, most));
    const count = row?.count ?? 0;
    if (this.#counts.size >= MOST_REMEMBERED) {
      this.#counts.clear();
    }
    this.#counts.set(key, { count, until: performance.now() + BELIEVED_MS });
    return count;
  }
}
