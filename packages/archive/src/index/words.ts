import { type Compilable, type RawBuilder, sql } from 'kysely';
import { type Condition, either, query } from './either.ts';
import { STUDY_TOKENS } from './migrations.ts';
import { startsWith } from './patterns.ts';
import { prepared, type Statement } from './prepared.ts';
import type { Demand } from './study-words.ts';

/** Longer words are kept, and looked for, by their beginning: a key of PostgreSQL's index is at most 2,704 bytes. */
const MOST_WORD_LETTERS = 64;

interface Id {
  readonly id: number;
}

type Words = 'name_words' | 'id_words' | 'referring_words';

const splitWords = (letter: 'n' | 'i' | 'r', column: Words) => sql`
  SELECT study.id, ${sql.lit(letter)} || substr(piece, 1, ${sql.lit(MOST_WORD_LETTERS)}) AS word
  FROM study CROSS JOIN unnest(string_to_array(study.${sql.ref(column)}, ' ')) AS pieces (piece)`;

/** From the study's own words, reach and series, so after all of them. On PostgreSQL facilities and modalities are left to their tables. */
export const insertWords: Statement<Id, unknown> = prepared((value) => {
  const own = (letter: 'n' | 'i' | 'r', column: Words) =>
    sql`${splitWords(letter, column)} WHERE study.id = ${value('id')} AND piece <> ''`;
  return either({
    sqlite: sql`INSERT INTO study_words (rowid, words) SELECT id, ${sql.raw(STUDY_TOKENS)} FROM study WHERE id = ${value('id')}`,
    postgres: sql`
      INSERT INTO study_word (study_id, word)
      ${own('n', 'name_words')} UNION ${own('i', 'id_words')} UNION ${own('r', 'referring_words')}
      ON CONFLICT DO NOTHING`,
  });
});

/** The words of several studies on PostgreSQL, named by a JSON array of their ids. */
export function wordsOfStudies(): string {
  const own = (letter: 'n' | 'i' | 'r', column: Words) =>
    sql`${splitWords(letter, column)} JOIN listed ON listed.id = study.id WHERE piece <> ''`;
  const { sql: text } = query(sql`
    WITH listed AS (SELECT CAST(value AS BIGINT) AS id FROM jsonb_array_elements_text(CAST(${''} AS jsonb)) AS named (value))
    INSERT INTO study_word (study_id, word)
    ${own('n', 'name_words')} UNION ${own('i', 'id_words')} UNION ${own('r', 'referring_words')}
    ON CONFLICT DO NOTHING`).compile();
  return text;
}

/** `words`: a JSON array of tokens, for names of which the beginning is not known. On PostgreSQL the row decides about those. */
export const insertVocabulary: Statement<{ readonly words: string }, unknown> = prepared((value) =>
  either({
    sqlite: sql`INSERT INTO word (word) SELECT value FROM json_each(${value('words')}) WHERE true ON CONFLICT DO NOTHING`,
    postgres: sql`SELECT 1`,
  }),
);

export const deleteWords: Statement<Id, unknown> = prepared((value) =>
  either({
    sqlite: sql`DELETE FROM study_words WHERE rowid = ${value('id')}`,
    postgres: sql`DELETE FROM study_word WHERE study_id = ${value('id')}`,
  }),
);

/** Beginnings of words of names and ids, any of which a study must have: what `study_word` can be asked. */
export type Beginnings = readonly string[];

/** Those of demands that `study_word` can be asked. */
export function beginningsOf(demands: readonly Demand[]): readonly Beginnings[] {
  return demands.flatMap((demand) => {
    const tokens = demand.flatMap((token) => (token.kind === 'pattern' ? [] : [token.token]));
    return tokens.length === demand.length && tokens.every((token) => /^[nri]/.test(token)) ? [tokens] : [];
  });
}

function ranges(beginnings: Beginnings): readonly Condition[] {
  return beginnings.map((start) => startsWith(sql`study_word.word`, start.slice(0, 1 + MOST_WORD_LETTERS)));
}

function probe(beginnings: Beginnings, id: RawBuilder<unknown>): Condition {
  const any = sql.join([...ranges(beginnings)], sql` OR `);
  return sql`EXISTS (SELECT 1 FROM study_word WHERE study_word.study_id = ${id} AND (${any}))`;
}

/** Where words lead a walk on PostgreSQL. */
export interface WordWalk {
  readonly from: RawBuilder<unknown>;
  readonly id: RawBuilder<unknown>;
  readonly conditions: readonly Condition[];
}

/** The studies of the rarest word are gathered, newest first, and asked for the others; or all studies, where none of them is rare. */
export function wordWalk(words: readonly Beginnings[], rarest: number | undefined): WordWalk {
  const leading = rarest === undefined ? undefined : words[rarest];
  const id = leading === undefined ? sql`study.id` : sql`leading_word.study_id`;
  const conditions = words.filter((_, at) => at !== rarest).map((word) => probe(word, id));
  if (leading === undefined) {
    return { from: sql`study`, id, conditions };
  }
  const found = ranges(leading).map((range) => sql`SELECT study_id FROM study_word WHERE ${range}`);
  const gathered = sql`(${sql.join(found, sql` UNION `)}${found.length === 1 ? sql` GROUP BY study_id` : sql``}) AS leading_word`;
  return { from: sql`${gathered} JOIN study ON study.id = leading_word.study_id`, id, conditions };
}

/** How many studies have a word that begins so, at most so many. */
export function countWord(beginnings: Beginnings, most: number): Compilable<{ readonly count: number }> {
  const counts = ranges(beginnings).map(
    (range) => sql`(SELECT count(*) FROM (SELECT 1 FROM study_word WHERE ${range} LIMIT ${most}) AS found)`,
  );
  return query(sql<{ readonly count: number }>`SELECT ${sql.join(counts, sql` + `)} AS count`);
}
