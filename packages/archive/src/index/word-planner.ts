import type { Scope } from '@filmless/access';
import { type Database, plannedAnew } from '@filmless/database';
import { type RawBuilder, sql } from 'kysely';
import { query } from './either.ts';
import { matchesPattern, startsWith } from './patterns.ts';
import { type Leading, type Way, type WordsOf, wayOf } from './postgres/ways.ts';
import { MOST_WORD_LETTERS } from './postgres/word-texts.ts';
import { demandedOf } from './study-walk.ts';
import { type Demand, MOST_WORDS, type Token } from './study-words.ts';

/**
 * Which way has the fewest studies: fewer than the first are told from more at a glance, and only where all have more they are counted on. More than the last
 * are not gathered and sorted: then a page is found sooner by going down all studies, the newest first.
 */
const MOST_COUNTED = 30_000;
const COUNTED = [1_000, 6_000, MOST_COUNTED] as const;
/** How long a count is believed, in milliseconds, and of how many words. NOTE: only how a search is done depends on it. */
const BELIEVED_MS = 60_000;
const MOST_REMEMBERED = 2_000;

export type Engine = 'sqlite' | 'postgres';

interface Count {
  readonly count: number;
  readonly until: number;
}

/** Finds out what leads a search on PostgreSQL. On SQLite the full-text index knows by itself. */
export class WordPlanner {
  readonly #database: Pick<Database<never>, 'read'>;
  readonly #engine: Engine;
  readonly #counts = new Map<string, Count>();

  constructor(database: Pick<Database<never>, 'read'>, engine: Engine) {
    this.#database = database;
    this.#engine = engine;
  }

  /** What leads `studyWalk` with these demands; undefined where the engine does not ask for that. */
  async plan(demands: readonly Demand[], scope: Scope): Promise<Leading | undefined> {
    const demanded = this.#engine === 'sqlite' ? [] : demandedOf(demands, scope);
    if (demanded.length === 0) {
      return undefined;
    }
    const wordsOf = await this.#vocabulary(demanded);
    const ways = demanded.map((demand) => wayOf(demand, wordsOf));
    return { ways, lead: await this.#lead(ways) };
  }

  /** The words that tokens stand for, where they are not too many. NOTE: asked each time: what was stored a moment ago has new ones. */
  async #vocabulary(demanded: readonly Demand[]): Promise<WordsOf> {
    const tokens = demanded.flat().filter((token) => wordsAskedOf(token) !== undefined);
    const asked = tokens.map((token, at) => sql`(SELECT ${sql.lit(at)} AS token, word FROM (${wordsAskedOf(token)}) AS known)`);
    const rows =
      asked.length === 0
        ? []
        : await this.#read<{ readonly token: number; readonly word: string }>(sql`${sql.join(asked, sql` UNION ALL `)}`);
    return (token) => {
      const words = rows.filter(({ token: at }) => tokens[at] === token).map(({ word }) => letterOf(token) + word.slice(1));
      const isKnown = tokens.includes(token) && words.length <= MOST_WORDS && (letterOf(token) !== 'i' || words.length === 0);
      return isKnown ? words : undefined;
    };
  }

  /** What has its studies in order leads alone without being counted. */
  async #lead(ways: readonly Way[]): Promise<Way | undefined> {
    const able = ways.filter(({ name }) => name !== '');
    const [only] = able;
    if (only === undefined || (able.length === 1 && only.unordered.length === 0)) {
      return only;
    }
    for (const most of COUNTED) {
      const fewest = await this.#fewest(able, most);
      if (fewest !== undefined) {
        return fewest;
      }
    }
    return able.find(({ unordered }) => unordered.length === 0);
  }

  /** The way with the fewest studies, where that has less than so many. */
  async #fewest(ways: readonly Way[], most: number): Promise<Way | undefined> {
    const now = performance.now();
    const remembered = (way: Way) => this.#counts.get(`${most} ${way.name}`);
    const missing = ways.filter((way) => (remembered(way)?.until ?? 0) < now);
    if (missing.length > 0) {
      const counts = missing.map((way, at) => sql`${countOf(way, most)} AS ${sql.ref(`c${at}`)}`);
      const [row] = await this.#read<Readonly<Record<string, number>>>(sql`SELECT ${sql.join(counts)}`);
      if (this.#counts.size >= MOST_REMEMBERED) {
        this.#counts.clear();
      }
      for (const [at, way] of missing.entries()) {
        this.#counts.set(`${most} ${way.name}`, { count: row?.[`c${at}`] ?? 0, until: now + BELIEVED_MS });
      }
    }
    const counted = ways.map((way) => ({ way, count: remembered(way)?.count ?? most }));
    const [fewest] = counted.toSorted((one, other) => one.count - other.count);
    return fewest !== undefined && fewest.count < most ? fewest.way : undefined;
  }

  async #read<O>(raw: RawBuilder<unknown>): Promise<readonly O[]> {
    return await this.#database.read(plannedAnew(query(sql<O>`${raw}`)));
  }
}

/** At most so many: those of each list, so that of one in several some count twice. */
function countOf({ lists, unordered }: Way, most: number): RawBuilder<unknown> {
  const all = [...lists, ...unordered];
  return all.length === 0 ? sql`0` : sql`(SELECT count(*) FROM (${sql.join(all, sql` UNION ALL `)} LIMIT ${most}) AS found)`;
}

/** Words of names are kept by the letters n and r alone: every first word is one of them. Of ids it is asked whether any begins so. */
function wordsAskedOf(token: Token): RawBuilder<unknown> | undefined {
  if (token.kind === 'pattern') {
    // NOTE: of a word that is kept by its beginning the rest is not known: its studies' rows decide.
    const matches = sql`(${matchesPattern(sql`word`, token.pattern)} OR length(word) > ${MOST_WORD_LETTERS})`;
    return sql`SELECT DISTINCT word FROM word WHERE ${startsWith(sql`word`, token.letter)} AND ${matches} LIMIT ${MOST_WORDS + 1}`;
  }
  const letter = letterOf(token);
  if (token.kind === 'whole') {
    return undefined;
  }
  return letter === 'i'
    ? sql`SELECT word FROM study_word WHERE ${startsWith(sql`word`, token.token.slice(0, 1 + MOST_WORD_LETTERS))} ORDER BY word LIMIT 1`
    : sql`SELECT DISTINCT word FROM word WHERE ${startsWith(sql`word`, KEPT_AS[letter] + token.token.slice(1, 1 + MOST_WORD_LETTERS))}
        LIMIT ${MOST_WORDS + 1}`;
}

const KEPT_AS = { n: 'n', b: 'n', r: 'r', c: 'r' } as const;

function letterOf(token: Token): keyof typeof KEPT_AS | 'i' {
  const letter = token.kind === 'pattern' ? token.letter : token.token[0];
  return letter === 'n' || letter === 'b' || letter === 'r' || letter === 'c' ? letter : 'i';
}
