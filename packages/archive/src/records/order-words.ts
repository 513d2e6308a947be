import { byEngine, run } from '@filmless/database';
import { type Compilable, sql } from 'kysely';
import { db } from './tables.ts';

/** The words of patients' names, by which orders are found: full text on SQLite, rows on PostgreSQL. Parts of procedures. */

type Steps = Generator<Compilable<unknown>, void, readonly unknown[]>;

/** Of a word, in a row: longer ones are told apart by the name itself. */
const LONGEST_WORD = 64;

/** A word as rows have it. */
export function indexedWord(word: string): string {
  return Array.from(word).slice(0, LONGEST_WORD).join('');
}

/** `words` as in `name_words`: each behind a space. */
export function* insertWords(id: number, words: string): Steps {
  const each = new Set(words.split(' ').filter(Boolean).map(indexedWord));
  yield* run(
    byEngine({
      sqlite: () => db.insertInto('order_words').values({ rowid: id, name: words }),
      postgres: () =>
        each.size === 0 ? nothing : db.insertInto('order_word').values([...each].map((word) => ({ word, order_id: id }))),
    }),
  );
}

export function* removeWords(id: number): Steps {
  yield* run(
    byEngine<unknown>({
      sqlite: () => db.deleteFrom('order_words').where('rowid', '=', id),
      postgres: () => db.deleteFrom('order_word').where('order_id', '=', id),
    }),
  );
}

const nothing: Compilable<unknown> = { compile: () => sql`SELECT 1`.compile(db) };
