import { type Compilable, type RawBuilder, sql } from 'kysely';
import { type Condition, either, query } from './either.ts';
import { startsWith } from './patterns.ts';
import { prepared, type Statement } from './prepared.ts';

/** Letters that stand before a word in `study_word`, by what it is a word of. */
const KINDS = { name: 'n', ids: 'i', referring: 'r' } as const;

/** Longer words are kept, and looked for, by their beginning: a key of PostgreSQL's index is at most 2,704 bytes. */
const MOST_WORD_LETTERS = 64;

/** Words that lead a walk, in the columns named. */
export interface WalkWords {
  readonly columns: readonly ('name' | 'ids' | 'referring')[];
  readonly words: readonly string[];
  /** Which of them has the fewest studies, where the engine asks for that and they are few. */
  readonly rarest?: number | undefined;
}

/** More facilities than this are left to `reach` alone. */
const MAX_NAMED_IN_WORDS = 20;

interface Id {
  readonly id: number;
}

const splitWords = (kind: keyof typeof KINDS, column: 'name_words' | 'id_words' | 'referring_words') => sql`
  SELECT study.id, ${sql.lit(KINDS[kind])} || substr(piece, 1, ${sql.lit(MOST_WORD_LETTERS)}) AS word
  FROM study CROSS JOIN unnest(string_to_array(study.${sql.ref(column)}, ' ')) AS pieces (piece)`;

/** From the study's own words and reach, so after both. On PostgreSQL facilities are left to `reach`. */
export const insertWords: Statement<Id, unknown> = prepared((value) => {
  const own = (kind: keyof typeof KINDS, column: 'name_words' | 'id_words' | 'referring_words') =>
    sql`${splitWords(kind, column)} WHERE study.id = ${value('id')} AND piece <> ''`;
  return either({
    sqlite: sql`
      INSERT INTO study_words (rowid, name, ids, referring, facilities)
      SELECT id, name_words, id_words, referring_words,
        (SELECT group_concat('f' || hex(facility), ' ') FROM reach WHERE reach.study_id = study.id)
      FROM study WHERE id = ${value('id')}`,
    postgres: sql`
      INSERT INTO study_word (study_id, word)
      ${own('name', 'name_words')} UNION ${own('ids', 'id_words')} UNION ${own('referring', 'referring_words')}
      ON CONFLICT DO NOTHING`,
  });
});

export const deleteWords: Statement<Id, unknown> = prepared((value) =>
  either({
    sqlite: sql`DELETE FROM study_words WHERE rowid = ${value('id')}`,
    postgres: sql`DELETE FROM study_word WHERE study_id = ${value('id')}`,
  }),
);

/** Rows of `study_word` that begin so, by each kind of word. */
function ranges({ columns }: WalkWords, word: string): readonly Condition[] {
  const start = word.slice(0, MOST_WORD_LETTERS);
  return columns.map((column) => startsWith(sql`study_word.word`, KINDS[column] + start));
}

/** Whether a study has a word of each of these beginnings. */
function probe(words: WalkWords, word: string, id: RawBuilder<unknown>): Condition {
  const any = sql.join([...ranges(words, word)], sql` OR `);
  return sql`EXISTS (SELECT 1 FROM study_word WHERE study_word.study_id = ${id} AND (${any}))`;
}

/** A full-text query: every word by prefix. Words hold letters and digits only. */
export function ftsQuery({ columns, words }: WalkWords, facilities: readonly string[]): string {
  const wanted = `{${columns.join(' ')}} : (${words.map((word) => `"${word}"*`).join(' AND ')})`;
  if (facilities.length === 0 || facilities.length > MAX_NAMED_IN_WORDS) {
    return wanted;
  }
  const tokens = facilities.map((facility) => `"f${Buffer.from(facility).toString('hex')}"`);
  return `${wanted} AND facilities : (${tokens.join(' OR ')})`;
}

/** Whether the study of a row has words that begin so. */
export function hasWords(words: WalkWords): Condition {
  const probes = words.words.map((word) => probe(words, word, sql`study.id`));
  return either({
    sqlite: sql`study.id IN (SELECT rowid FROM study_words WHERE study_words MATCH ${ftsQuery(words, [])})`,
    postgres: sql.join([...probes], sql` AND `),
  });
}

/** Where words lead a walk on PostgreSQL. */
export interface WordWalk {
  readonly from: RawBuilder<unknown>;
  readonly id: RawBuilder<unknown>;
  readonly condition: Condition;
}

/** The studies of the rarest word are gathered, newest first, and asked for the others; or all studies, where none of them is rare. */
export function wordWalk(words: WalkWords): WordWalk {
  const leading = words.rarest === undefined ? undefined : words.words[words.rarest];
  const id = leading === undefined ? sql`study.id` : sql`leading_word.study_id`;
  const others = words.words.filter((_, at) => at !== words.rarest).map((word) => probe(words, word, id));
  const condition = others.length === 0 ? sql`TRUE` : sql.join(others, sql` AND `);
  if (leading === undefined) {
    return { from: sql`study`, id, condition };
  }
  const found = ranges(words, leading).map((range) => sql`SELECT study_id FROM study_word WHERE ${range}`);
  const gathered = sql`(${sql.join(found, sql` UNION `)}${found.length === 1 ? sql` GROUP BY study_id` : sql``}) AS leading_word`;
  return { from: sql`${gathered} JOIN study ON study.id = leading_word.study_id`, id, condition };
}

/** How many studies have a word that begins so, at most so many. */
export function countWord(words: WalkWords, word: string, most: number): Compilable<{ readonly count: number }> {
  const counts = ranges(words, word).map(
    (range) => sql`(SELECT count(*) FROM (SELECT 1 FROM study_word WHERE ${range} LIMIT ${most}) AS found)`,
  );
  return query(sql<{ readonly count: number }>`SELECT ${sql.join(counts, sql` + `)} AS count`);
}
