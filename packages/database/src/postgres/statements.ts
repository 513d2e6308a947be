import { createHash } from 'node:crypto';
import { DATABASE_LIMITS } from '../limits.ts';
import { POSTGRES_LIMITS } from './limits.ts';

/** A text as PostgreSQL wants it. */
export interface Statement {
  readonly text: string;
  /** Under which each connection prepares it once; undefined for one that was not seen often. */
  readonly name: string | undefined;
}

interface Known {
  readonly text: string;
  name: string | undefined;
  uses: number;
}

/** Uses after which a text gets a name: lists of values make texts that never come again. */
const USES_BEFORE_NAME = 3;

/** PostgreSQL cuts names after 63. */
const NAME_LETTERS = 40;

/** Texts with `?` for parameters, turned into those with `$1`, and which of them are prepared by name. */
export class Statements {
  readonly #known = new Map<string, Known>();
  #names = 0;

  of(sql: string, parameters: number): Statement {
    const known = this.#known.get(sql) ?? this.#learn(sql);
    known.uses += 1;
    if (known.name === undefined && known.uses > USES_BEFORE_NAME && this.#mayBeNamed(parameters)) {
      this.#names += 1;
      // NOTE: by its text, the same at every process: a pool that gives one server's connection to two of them mixes up names, not statements.
      known.name = `f${createHash('sha256').update(known.text).digest('base64url').slice(0, NAME_LETTERS)}`;
    }
    return known;
  }

  /** NOTE: a server keeps what was prepared as long as the connection, so names are few and never given anew. */
  #mayBeNamed(parameters: number): boolean {
    return this.#names < DATABASE_LIMITS.statements && parameters <= POSTGRES_LIMITS.preparedParameters;
  }

  #learn(sql: string): Known {
    if (this.#known.size >= 2 * DATABASE_LIMITS.statements) {
      for (const [text, { name }] of this.#known) {
        if (name === undefined) {
          this.#known.delete(text);
        }
      }
    }
    const known = { text: numbered(sql), name: undefined, uses: 0 };
    this.#known.set(sql, known);
    return known;
  }
}

/** What is quoted is left as it is: text, names, and what was written by hand between dollars is not used. */
const QUOTED_OR_PARAMETER = /'(?:[^']|'')*'|"(?:[^"]|"")*"|\?/g;

/** `a = ? AND b = '?'` becomes `a = $1 AND b = '?'`. */
export function numbered(sql: string): string {
  let number = 0;
  return sql.replace(QUOTED_OR_PARAMETER, (found) => {
    if (found !== '?') {
      return found;
    }
    number += 1;
    return `$${number}`;
  });
}
