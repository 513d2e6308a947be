import type { SqlValue } from '@filmless/database';

/**
 * What a key of a PostgreSQL index takes at most is 2,704 bytes, and a letter up to four: of two values in one key, so many letters each.
 * Headers of a broken sender have longer ones, which are found by no more than their beginning.
 */
const MOST_KEY_LETTERS = 300;

const KEYED: ReadonlySet<string> = new Set([
  'patient_id',
  'issuer',
  'accession_number',
  'birth_date',
  'modality',
  'step_id',
  'procedure_id',
]);

/** A row with the texts of its indexed columns as PostgreSQL can keep them. */
export function keyedRow<T extends object>(row: T): T {
  const entries = Object.entries(row);
  return entries.some(([column, value]) => KEYED.has(column) && typeof value === 'string' && value.length > MOST_KEY_LETTERS)
    ? { ...row, ...Object.fromEntries(entries.map(([column, value]) => [column, shortened(column, value)])) }
    : row;
}

function shortened(column: string, value: unknown): unknown {
  return KEYED.has(column) && typeof value === 'string' ? value.slice(0, MOST_KEY_LETTERS) : value;
}

/** A value of a row as PostgreSQL gives it back: it has no NUL in texts. */
export function keyedValue(column: string, value: SqlValue): SqlValue {
  if (typeof value !== 'string') {
    return value;
  }
  const text = KEYED.has(column) ? value.slice(0, MOST_KEY_LETTERS) : value;
  return text.includes('\0') ? text.replaceAll('\0', '\u{fffd}') : text;
}
