import { type RawBuilder, sql } from 'kysely';
import { either } from './either.ts';

/** Behind every text that begins with another one: the last code point, which stands for no letter. Unicode 3.4 D10. */
const LAST_LETTER = '\u{10FFFF}';

/** Whether a text matches a DICOM pattern: `*` any letters, `?` one. PS3.4 C.2.2.2.4. */
export function matchesPattern(ref: RawBuilder<unknown>, pattern: string): RawBuilder<unknown> {
  return either({ sqlite: sql`${ref} GLOB ${globPattern(pattern)}`, postgres: like(ref, pattern) });
}

/** A DICOM pattern for SQLite's GLOB, in which only `[` means something else. */
function globPattern(pattern: string): string {
  return pattern.replace(/\*+/g, '*').replaceAll('[', '[[]');
}

/** NOTE: what stands before the first wildcard is a range too, which an index is asked for however the statement was prepared. */
function like(ref: RawBuilder<unknown>, pattern: string): RawBuilder<unknown> {
  const start = pattern.replace(/[*?].*$/s, '');
  const matches = sql`${ref} LIKE ${likePattern(pattern)}`;
  return start === '' ? matches : sql`${startsWith(ref, start)} AND ${matches}`;
}

function likePattern(pattern: string): string {
  return pattern
    .replace(/[\\%_]/g, '\\$&')
    .replace(/\*+/g, '%')
    .replaceAll('?', '_');
}

/** Whether a text begins with another, as a range of an index. */
export function startsWith(ref: RawBuilder<unknown>, start: string): RawBuilder<unknown> {
  return sql`${ref} >= ${start} AND ${ref} < ${start + LAST_LETTER}`;
}

/** A number as its digits. */
export function digitsOf(ref: RawBuilder<unknown>): RawBuilder<unknown> {
  return either({ sqlite: ref, postgres: sql`CAST(${ref} AS TEXT) COLLATE "C"` });
}
