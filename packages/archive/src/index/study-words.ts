import { searchWords, wordsOf } from '@filmless/dicom';
import { type RawBuilder, sql } from 'kysely';

/**
 * What the full-text index of studies is asked for. A study must meet every demand, and meets one by any of its tokens; they begin with the letter of
 * what they are of (see `StudyWordsTable`).
 */
export type Demand = readonly Token[];

type Letter = 'n' | 'r' | 'i';
/** Of what a name begins with. */
const FIRST = { n: 'b', r: 'c', i: 'i' } as const;

/** A whole token, the beginning of one, or a pattern (GLOB) that names must be looked through for. */
export type Token =
  | { readonly kind: 'whole' | 'beginning'; readonly token: string }
  | { readonly kind: 'pattern'; readonly letter: 'n' | 'r'; readonly pattern: string };

/** More words of names than this are not asked for one by one: then any study may be it, and its row decides. */
export const MOST_WORDS = 500;
/** Parts of a pattern beyond these are left to the row. */
const MOST_PARTS = 10;
/** More facilities than this are left to `reach` alone. */
const MOST_FACILITIES = 20;

const hex = (text: string): string => Buffer.from(text).toString('hex');

/** Words by their beginnings, each of them in one of these. */
export function demandWords(words: readonly string[], letters: readonly Letter[]): readonly Demand[] {
  return words.map((word) => letters.map((letter) => ({ kind: 'beginning', token: letter + word })));
}

/** Any of these modalities. */
export function demandModality(modalities: readonly string[]): Demand {
  return modalities.map((modality) => ({ kind: 'whole', token: `m${hex(modality)}` }));
}

/** The modalities of a demand; none where it is one of something else. */
export function modalitiesIn(demand: Demand): readonly string[] {
  return codesIn(demand, 'm');
}

function codesIn(demand: Demand, letter: 'm' | 'f'): readonly string[] {
  return demand.flatMap((token) =>
    token.kind === 'whole' && token.token.startsWith(letter) ? [Buffer.from(token.token.slice(1), 'hex').toString()] : [],
  );
}

/** The facilities of a demand; none where it is one of something else. */
export function facilitiesIn(demand: Demand): readonly string[] {
  return codesIn(demand, 'f');
}

/** Any of these facilities; nothing is demanded where there are too many. */
export function demandFacility(facilities: readonly string[]): readonly Demand[] {
  return facilities.length === 0 || facilities.length > MOST_FACILITIES
    ? []
    : [facilities.map((facility) => ({ kind: 'whole', token: `f${hex(facility)}` }))];
}

/** Words of a search by patient, typed as they come. */
export function demandText(text: string): readonly Demand[] {
  return demandWords(searchWords(text), ['n', 'i']);
}

/**
 * Words without which nothing matches a pattern with `*` and `?`: a superset, so the row still decides. A wildcard may stand for the end of a word and for
 * several words.
 */
export function demandPattern(pattern: string, letter: Letter): readonly Demand[] {
  const pieces = pattern.split(/[*?]+/);
  const found = pieces.flatMap((piece, at) => {
    // NOTE: how a letter is folded may depend on the next one, which a wildcard hides.
    if (letter === 'i' && !/^[\0-\x7f]*$/.test(piece)) {
      return [];
    }
    const parts = piece.split(/[^\p{L}\p{N}]+/u);
    return parts.flatMap((part, index) => {
      const isOpenBefore = at > 0 && index === 0;
      const isOpenBehind = at < pieces.length - 1 && index === parts.length - 1;
      return wordsOf(part).map((word) => ({ word, isOpenBefore, isOpenBehind, isOfStart: at === 0 }));
    });
  });
  return found
    .flatMap(({ word, isOpenBefore, isOpenBehind, isOfStart }, at) =>
      demandPart(word, isOfStart && at === 0 ? FIRST[letter] : letter, isOpenBefore, isOpenBehind),
    )
    .slice(0, MOST_PARTS);
}

function demandPart(word: string, letter: Letter | 'b' | 'c', isOpenBefore: boolean, isOpenBehind: boolean): readonly Demand[] {
  if (!isOpenBefore) {
    return [[{ kind: isOpenBehind ? 'beginning' : 'whole', token: letter + word }]];
  }
  // Of ids no list is kept: there are as many as studies.
  return letter !== 'n' && letter !== 'r'
    ? []
    : [[{ kind: 'pattern', letter, pattern: `${letter}*${word}${isOpenBehind ? '*' : ''}` }]];
}

/** The text for `MATCH`. Words hold letters and digits only, and those of FTS5's own language stand in quotes. */
export function matchText(demands: readonly Demand[]): RawBuilder<unknown> {
  const parts = demands.map((demand) => sql.join(demand.map(tokenText), sql` || ' OR ' || `));
  return sql`('(' || ${sql.join(parts, sql` || ') AND (' || `)} || ')')`;
}

function tokenText(token: Token): RawBuilder<unknown> {
  if (token.kind !== 'pattern') {
    return sql`${`"${token.token}"${token.kind === 'beginning' ? ' *' : ''}`}`;
  }
  const next = String.fromCharCode(token.letter.charCodeAt(0) + 1);
  // NOTE: every token begins with a letter, so no study has the token 0.
  return sql`(SELECT CASE WHEN count(*) = 0 THEN '"0"' WHEN count(*) > ${MOST_WORDS} THEN '"a"'
      ELSE group_concat('"' || word || '"', ' OR ') END
    FROM (SELECT word FROM word WHERE word >= ${token.letter} AND word < ${next} AND word GLOB ${token.pattern} LIMIT ${MOST_WORDS + 1}))`;
}
