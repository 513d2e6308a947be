import { DatabaseSync } from 'node:sqlite';

const TABLES = [
  'patient',
  'study',
  'reach',
  'series',
  'series_request',
  'instance',
  'instance_header',
  'counted',
  'word',
  'series_work',
];

/** All rows of an index file, by table, and what its full-text index knows, as text. */
export function indexRows(file: string): Readonly<Record<string, readonly string[]>> {
  const database = new DatabaseSync(file);
  try {
    database.exec('CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab (main, study_words, instance)');
    const rows = (table: string) => database.prepare(`SELECT * FROM ${table} ORDER BY 1`).all().map(textOf).sort();
    const columns = 'SELECT term, doc FROM temp.vocabulary ORDER BY term, doc';
    return {
      ...Object.fromEntries(TABLES.map((table) => [table, rows(table)])),
      study_words: database.prepare(columns).all().map(textOf),
    };
  } finally {
    database.close();
  }
}

function textOf(row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(row, (_key, value: unknown) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value,
  );
}
