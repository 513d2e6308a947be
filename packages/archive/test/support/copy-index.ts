/**
 * For measurements of large archives on PostgreSQL. `node copy-index.ts FILE URL` brings an index file that `bulk-load.ts` made into a database that has none
 * yet, by COPY: first all rows, then keys and indexes. A line of JSON tells how long it took. Needs psql.
 */
import { spawn } from 'node:child_process';
import { DatabaseSync } from 'node:sqlite';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import { openPostgresIndex } from '../../src/index/open-index.ts';
import { keyedValue } from '../../src/index/postgres/keyed.ts';
import { ALL_VOCABULARY, WORD_ROWS } from '../../src/index/postgres/word-texts.ts';

const SCHEMA = 'filmless_index';
const TABLES = ['patient', 'study', 'reach', 'series', 'series_request', 'instance', 'instance_header', 'counted'] as const;
const NUMBERED = ['patient', 'series', 'series_request', 'instance'] as const;
const CHUNK = 1 << 20;

interface Column {
  readonly name: string;
  readonly type: string;
}

/** What is put aside while rows are copied. */
interface Aside {
  readonly drop: string;
  readonly make: string;
}

/** Keys that refer to others are dropped first and made last. */
const ASIDE = `
  SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname) AS drop,
    format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS make, contype = 'f' AS refers
  FROM pg_constraint WHERE connamespace = '${SCHEMA}'::regnamespace AND contype IN ('p', 'u', 'f')
    AND conrelid <> 'schema_version'::regclass
  UNION ALL
  SELECT format('DROP INDEX %I.%I', schemaname, indexname), indexdef, false FROM pg_indexes
  WHERE schemaname = '${SCHEMA}' AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = format('%I.%I', schemaname, indexname)::regclass)
  ORDER BY refers DESC, make`;

/** A field as PostgreSQL's binary format has it. PostgreSQL, COPY. */
function field({ name, type }: Column, value: unknown): Buffer {
  if (value === null || value === undefined) {
    return NOTHING;
  }
  if (type === 'int8') {
    const bytes = Buffer.alloc(12);
    bytes.writeInt32BE(8);
    bytes.writeBigInt64BE(BigInt(Number(value)), 4);
    return bytes;
  }
  const bytes = value instanceof Uint8Array ? value : Buffer.from(String(keyedValue(name, String(value))));
  const length = Buffer.alloc(4);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const NOTHING = Buffer.from([0xff, 0xff, 0xff, 0xff]);
const BEGIN = Buffer.concat([Buffer.from('PGCOPY\n\u00ff\r\n\0', 'latin1'), Buffer.alloc(8)]);
const END = Buffer.from([0xff, 0xff]);

function* encoded(rows: Iterable<Readonly<Record<string, unknown>>>, columns: readonly Column[]): Generator<Buffer> {
  const count = Buffer.alloc(2);
  count.writeInt16BE(columns.length);
  let [parts, bytes]: [Buffer[], number] = [[BEGIN], 0];
  for (const row of rows) {
    parts.push(count);
    for (const column of columns) {
      const next = field(column, row[column.name]);
      parts.push(next);
      bytes += next.length;
    }
    if (bytes > CHUNK) {
      yield Buffer.concat(parts);
      [parts, bytes] = [[], 0];
    }
  }
  yield Buffer.concat([...parts, END]);
}

const STRICT = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1'];
/** Of the session that copies and makes indexes. */
const SETTINGS = `SET search_path TO ${SCHEMA}; SET maintenance_work_mem = '1GB'; SET work_mem = '256MB'; SET max_parallel_maintenance_workers = 2`;

/** Runs commands with psql, which is given rows to copy, and gives what it printed. */
async function psql(url: string, commands: readonly string[], rows: Iterable<Buffer> = []): Promise<string> {
  const args = [...STRICT, ...[SETTINGS, ...commands].flatMap((command) => ['-c', command]), url];
  const child = spawn('psql', args, { stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString();
  });
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  await pipeline(Readable.from(rows), child.stdin);
  const code = await ended;
  if (code !== 0) {
    throw new Error(`psql ended with ${code}`);
  }
  return said;
}

async function rowsOf<T>(url: string, text: string): Promise<readonly T[]> {
  const value: unknown = JSON.parse((await psql(url, [`SELECT coalesce(json_agg(found), '[]') FROM (${text}) AS found`])).trim());
  return value as readonly T[];
}

/** A table in one transaction with its emptying: rows are known to be there for all without looking. */
async function copyTable(file: DatabaseSync, url: string, table: string): Promise<void> {
  const columns = await rowsOf<Column>(
    url,
    `SELECT attname AS name, typname AS type FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid
      WHERE attrelid = '${SCHEMA}.${table}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
  );
  const here = file.prepare(`PRAGMA table_info("${table}")`).all();
  const both = columns.filter(({ name }) => here.some((column) => column.name === name));
  const names = both.map(({ name }) => `"${name}"`).join(', ');
  const copy = `\\copy ${SCHEMA}.${table} (${names}) FROM STDIN WITH (FORMAT binary, FREEZE)`;
  const rows = file.prepare(`SELECT ${names} FROM "${table}"`).iterate();
  await psql(url, ['BEGIN', `TRUNCATE ${table}`, copy, 'COMMIT'], encoded(rows, both));
}

const insertion = (rows: string): string =>
  `INSERT INTO study_word (study_id, word) SELECT DISTINCT id, word FROM (${rows} WHERE piece <> '') AS own`;

/** Brings the rows of an index file into a database. Seconds of copying, and of making indexes. */
export async function copyIndex(path: string, url: string): Promise<{ readonly copied: number; readonly indexed: number }> {
  const began = performance.now();
  await (await openPostgresIndex({ url, limits: ARCHIVE_LIMITS }))[Symbol.asyncDispose]();
  using file = new DatabaseSync(path, { readOnly: true });
  const aside = await rowsOf<Aside>(url, ASIDE);
  await psql(
    url,
    aside.map(({ drop }) => drop),
  );
  for (const table of TABLES) {
    await copyTable(file, url, table);
  }
  await psql(url, [...WORD_ROWS.map(insertion), ALL_VOCABULARY]);
  const copied = performance.now();
  await psql(url, [
    ...aside.toReversed().map(({ make }) => make),
    ...NUMBERED.map((table) => `SELECT setval(pg_get_serial_sequence('${table}', 'id'), coalesce(max(id), 1)) FROM ${table}`),
    "UPDATE index_state SET state = 'made'",
    'VACUUM (ANALYZE)',
  ]);
  return { copied: (copied - began) / 1000, indexed: (performance.now() - copied) / 1000 };
}

async function main(path: string, url: string): Promise<void> {
  const { copied, indexed } = await copyIndex(path, url);
  const [size] = await rowsOf<{ readonly bytes: number }>(
    url,
    `SELECT sum(pg_total_relation_size(oid)) AS bytes FROM pg_class WHERE relnamespace = '${SCHEMA}'::regnamespace AND relkind = 'r'`,
  );
  console.log(JSON.stringify({ seconds: copied + indexed, copied, indexed, bytes: Number(size?.bytes) }));
}

if (import.meta.main) {
  const [, , path = '', url = ''] = process.argv;
  await main(path, url);
}
