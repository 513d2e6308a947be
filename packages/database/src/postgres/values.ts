import { Buffer } from 'node:buffer';

/** Types of PostgreSQL whose values are not given as text. Table pg_type. */
const OID = { bool: 16, bytea: 17, int8: 20, int2: 21, int4: 23, oid: 26, float4: 700, float8: 701, numeric: 1700 } as const;

const NUMBERS: readonly number[] = [OID.int2, OID.int4, OID.int8, OID.oid, OID.float4, OID.float8, OID.numeric];

/** Values as SQLite gives them: numbers for all that counts, 0 and 1 for booleans, bytes for `bytea`, text for the rest. */
export function parserOf(oid: number): (text: string) => unknown {
  if (NUMBERS.includes(oid)) {
    return Number;
  }
  switch (oid) {
    case OID.bool:
      return (text) => (text === 't' ? 1 : 0);
    case OID.bytea:
      return bytes;
    default:
      return (text) => text;
  }
}

/** `\x` and hexadecimal digits, which is what PostgreSQL sends since 9.0. A plain array, as a thread would give it. */
function bytes(text: string): Uint8Array {
  const found = Buffer.from(text.slice(2), 'hex');
  return new Uint8Array(found.buffer, found.byteOffset, found.byteLength);
}

/**
 * A value for a parameter. PostgreSQL's text holds no NUL, which SQLite's does: it becomes U+FFFD, in what is kept and in what
 * is looked for.
 * @throws TypeError for what no column holds
 */
export function bindable(value: unknown): string | Buffer | null {
  switch (typeof value) {
    case 'string':
      return value.includes('\0') ? value.replaceAll('\0', '\u{fffd}') : value;
    case 'boolean':
      return value ? '1' : '0';
    case 'number':
    case 'bigint':
      return String(value);
    default:
      if (value === null) {
        return null;
      }
      if (value instanceof Uint8Array) {
        return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
      }
      throw new TypeError(`a value of type ${typeof value} cannot be bound to a statement`);
  }
}
