import { type RawBuilder, sql } from 'kysely';
import { startsWith } from '../patterns.ts';
import type { Condition } from '../predicates.ts';
import { type Demand, facilitiesIn, modalitiesIn, type Token } from '../study-words.ts';
import { MOST_WORD_LETTERS } from './word-texts.ts';

/** Of more words than these a list each would take longer to plan than to ask. */
const MOST_LISTS = 16;

/** The words that a token stands for; undefined where they are not known, or too many. Of the beginning of an id none where nothing begins so. */
export type WordsOf = (token: Token) => readonly string[] | undefined;

/** How studies that meet a demand are found on PostgreSQL, and how one is asked whether it does. */
export interface Way {
  /** Each gives `study_id`, from one index. */
  readonly lists: readonly RawBuilder<unknown>[];
  /** How many of them do not come in the order of the ids: they are gathered before the newest is known. */
  readonly unordered: readonly RawBuilder<unknown>[];
  /** Undefined where the study's own row decides. */
  readonly asked: ((id: RawBuilder<unknown>) => Condition) | undefined;
  /** True when none of the lists has a study of another, or one twice. */
  readonly isOnce: boolean;
  /** The same for the same studies. */
  readonly name: string;
}

const NOWHERE: Way = { lists: [], unordered: [], asked: undefined, isOnce: true, name: '' };

/** NOTE: each in the order asked for, or PostgreSQL does not merge them but sorts them all. */
function ordered(table: RawBuilder<unknown>, condition: Condition): RawBuilder<unknown> {
  return sql`(SELECT ${table}.study_id FROM ${table} WHERE ${condition} ORDER BY ${table}.study_id DESC)`;
}

export function wayOf(demand: Demand, wordsOf: WordsOf): Way {
  const [modalities, facilities] = [modalitiesIn(demand), facilitiesIn(demand)];
  if (modalities.length > 0) {
    return ofModalities(modalities);
  }
  return facilities.length > 0 ? ofFacilities(facilities) : ofWords(demand, wordsOf);
}

function ofModalities(modalities: readonly string[]): Way {
  return {
    lists: modalities.map((modality) => ordered(sql`series`, sql`series.modality = ${modality}`)),
    unordered: [],
    asked: (id) =>
      sql`EXISTS (SELECT 1 FROM series AS own WHERE own.study_id = ${id} AND own.modality IN (${sql.join([...modalities])}))`,
    isOnce: false,
    name: `m ${modalities.join(' ')}`,
  };
}

/** NOTE: in force or not; the caller's reach is asked of each study besides. */
function ofFacilities(facilities: readonly string[]): Way {
  return {
    lists: facilities.map((facility) => ordered(sql`reach`, sql`reach.facility = ${facility}`)),
    unordered: [],
    asked: undefined,
    isOnce: facilities.length === 1,
    name: `f ${facilities.join(' ')}`,
  };
}

const kept = (token: string): string => token.slice(0, 1 + MOST_WORD_LETTERS);

function ofWords(demand: Demand, wordsOf: WordsOf): Way {
  const words: string[] = [];
  const beginnings: string[] = [];
  for (const token of demand) {
    const known = token.kind === 'whole' ? [kept(token.token)] : wordsOf(token);
    if (known !== undefined && (known.length <= MOST_LISTS || token.kind === 'pattern')) {
      words.push(...known);
    } else if (token.kind === 'beginning') {
      beginnings.push(kept(token.token));
    } else {
      return NOWHERE;
    }
  }
  const each = words.map((word) => ordered(sql`study_word`, sql`study_word.word = ${word}`));
  const ranges = beginnings.map((start) => startsWith(sql`study_word.word`, start));
  const any = [...(words.length === 0 ? [] : [sql`study_word.word IN (${sql.join(words)})`]), ...ranges];
  const gathered = [...(words.length > MOST_LISTS ? any.slice(0, 1) : []), ...ranges];
  return {
    lists: words.length > MOST_LISTS ? [] : each,
    // NOTE: of an expression PostgreSQL does not believe that going down all words in the order of their studies finds the few soon.
    unordered: gathered.map((condition) => sql`(SELECT study_word.study_id + 0 AS study_id FROM study_word WHERE ${condition})`),
    asked: (id) =>
      any.length === 0
        ? sql`FALSE`
        : sql`EXISTS (SELECT 1 FROM study_word WHERE study_word.study_id = ${id} AND (${sql.join(any, sql` OR `)}))`,
    isOnce: words.length === 1 && beginnings.length === 0,
    name: [...words, ...beginnings.map((start) => `${start}*`)].join(' '),
  };
}

/** Which way leads a search, and what the others ask. */
export interface Leading {
  readonly ways: readonly Way[];
  /** Undefined: all studies are gone through, the newest first. */
  readonly lead: Way | undefined;
}

/** Where words, modalities and facilities lead a walk on PostgreSQL. */
export interface LedWalk {
  readonly from: RawBuilder<unknown>;
  /** The same without the study's own row. */
  readonly lean: RawBuilder<unknown>;
  readonly id: RawBuilder<unknown>;
  readonly conditions: readonly Condition[];
}

/** Lists in the order of the ids are merged as they are read, so that the first page ends them; the lead's studies come once each, the newest first. */
export function ledWalk({ ways, lead }: Leading): LedWalk {
  const id = lead === undefined ? sql`study.id` : sql`leading_word.study_id`;
  const conditions = ways.flatMap((way) => (way === lead || way.asked === undefined ? [] : [way.asked(id)]));
  if (lead === undefined) {
    return { from: sql`study`, lean: sql`study`, id, conditions };
  }
  const lists = [...lead.lists, ...lead.unordered];
  const all = lists.length === 0 ? sql`SELECT id AS study_id FROM study WHERE FALSE` : sql.join(lists, sql` UNION ALL `);
  // NOTE: a plain DISTINCT would be hashed, and all of them read before the first comes out.
  const once = sql`SELECT DISTINCT ON (study_id) study_id FROM (${all}) AS found ORDER BY study_id DESC`;
  const lean = sql`(${lead.isOnce ? all : once}) AS leading_word`;
  return { from: sql`${lean} JOIN study ON study.id = leading_word.study_id`, lean, id, conditions };
}
