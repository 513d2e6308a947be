import { sql } from 'kysely';
import { either } from './either.ts';
import { STUDY_TOKENS } from './migrations.ts';
import { MOST_WORD_LETTERS, newVocabulary, WORD_ROWS } from './postgres/word-texts.ts';
import { prepared, type Statement } from './prepared.ts';

interface Id {
  readonly id: number;
}

/** From the study's own words, reach and series, so after all of them. */
export const insertWords: Statement<Id, unknown> = prepared((value) => {
  const own = WORD_ROWS.map((words) => sql`${sql.raw(words)} WHERE study.id = ${value('id')} AND piece <> ''`);
  return either({
    sqlite: sql`INSERT INTO study_words (rowid, words) SELECT id, ${sql.raw(STUDY_TOKENS)} FROM study WHERE id = ${value('id')}`,
    postgres: sql`INSERT INTO study_word (study_id, word) ${sql.join(own, sql` UNION `)} ON CONFLICT DO NOTHING`,
  });
});

const LISTED = '(SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(? AS jsonb)) AS named (value))';

/** The words of several studies on PostgreSQL. Each of the statements is given a JSON array of their ids. */
export function wordsOfStudies(): readonly string[] {
  const own = WORD_ROWS.map((words) => `${words} JOIN listed ON listed.id = study.id WHERE piece <> ''`);
  return [
    `WITH listed (id) AS ${LISTED} INSERT INTO study_word (study_id, word) ${own.join(' UNION ')} ON CONFLICT DO NOTHING`,
    newVocabulary(`(SELECT word FROM study_word WHERE study_id IN ${LISTED})`),
  ];
}

/** `words`: a JSON array of tokens, for names of which the beginning is not known. */
export const insertVocabulary: Statement<{ readonly words: string }, unknown> = prepared((value) =>
  either({
    sqlite: sql`INSERT INTO word (word) SELECT value FROM json_each(${value('words')}) WHERE true ON CONFLICT DO NOTHING`,
    postgres: sql`
      INSERT INTO word (word) SELECT word FROM (
        SELECT DISTINCT substr(value, 1, ${sql.lit(1 + MOST_WORD_LETTERS)}) COLLATE "C" AS word
        FROM jsonb_array_elements_text(CAST(${value('words')} AS jsonb)) AS given (value)) AS own
      WHERE NOT EXISTS (SELECT 1 FROM word AS known WHERE known.word = own.word)`,
  }),
);

export const deleteWords: Statement<Id, unknown> = prepared((value) =>
  either({
    sqlite: sql`DELETE FROM study_words WHERE rowid = ${value('id')}`,
    postgres: sql`DELETE FROM study_word WHERE study_id = ${value('id')}`,
  }),
);
