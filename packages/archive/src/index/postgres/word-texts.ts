/*
 * SQL of PostgreSQL's words of studies, `study_word (study_id, word)` and `word (word)`. A word begins with the letter of what it is of, as the tokens of SQLite's
 * full-text index do (see `StudyWordsTable`); facilities and modalities are left to their tables.
 */

/** Longer words are kept, and looked for, by their beginning: a key of PostgreSQL's index is at most 2,704 bytes. */
export const MOST_WORD_LETTERS = 64;

/** The words of a column as rows (id, word). */
const splitWords = (letter: 'n' | 'i' | 'r' | 'b' | 'c', words: string) => `
  SELECT study.id, '${letter}' || substr(piece, 1, ${MOST_WORD_LETTERS}) AS word
  FROM study CROSS JOIN unnest(string_to_array(${words}, ' ')) AS pieces (piece)`;

/** How a name begins; of one in several scripts all words, for any may. */
const firstWords = (prefix: 'name' | 'referring') => `
  CASE WHEN ${prefix}_ideographic IS NULL AND ${prefix}_phonetic IS NULL THEN split_part(${prefix}_words, ' ', 1) ELSE ${prefix}_words END`;

const FIRST: readonly string[] = [splitWords('b', firstWords('name')), splitWords('c', firstWords('referring'))];

/** Rows (id, word) of words, each wants a condition on `piece`. */
export const WORD_ROWS: readonly string[] = [
  splitWords('n', 'name_words'),
  splitWords('i', 'id_words'),
  splitWords('r', 'referring_words'),
  ...FIRST,
];

const ofAll = (rows: string) =>
  `INSERT INTO study_word (study_id, word) SELECT DISTINCT id, word FROM (${rows} WHERE piece <> '') AS own`;

/** For all studies of an index that has none yet. */
export const ALL_FIRST_WORDS: readonly string[] = FIRST.map(ofAll);

/** Words of names by which one is found whose beginning is not known. NOTE: nobody waits for another's row, so some are there twice. */
export const newVocabulary = (from: string): string => `
  INSERT INTO word (word) SELECT DISTINCT word FROM ${from} AS own
  WHERE (word >= 'n' AND word < 'o' OR word >= 'r' AND word < 's') AND NOT EXISTS (SELECT 1 FROM word AS known WHERE known.word = own.word)`;
export const ALL_VOCABULARY: string = newVocabulary('study_word');
