import type { Migration } from '../src/index.ts';
import { migrations as first, procedures } from './counter-schema.ts';

/** Later versions of the counter: `?upTo=3` knows three of them, `&broken=2` has a second step that does not work. */

const asked = new URL(import.meta.url).searchParams;
const upTo = Number(asked.get('upTo') ?? 4);
const broken = Number(asked.get('broken') ?? 0);

const later: readonly Migration[] = [
  {
    version: 2,
    name: 'who counts',
    sqlite: [
      'CREATE TABLE person (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT',
      "INSERT INTO person (name) VALUES ('An'), ('Bình')",
      'ALTER TABLE counter ADD COLUMN person INTEGER REFERENCES person (id)',
      "UPDATE counter SET person = (SELECT id FROM person WHERE name = 'An')",
    ],
  },
  {
    version: 3,
    name: 'names are folded',
    sqlite: [
      `CREATE TABLE folded (
        name TEXT PRIMARY KEY, value INTEGER NOT NULL CHECK (value < 1000), person INTEGER REFERENCES person (id)) STRICT`,
      'INSERT INTO folded SELECT lower(name), value, person FROM counter',
      'DROP TABLE counter',
      'ALTER TABLE folded RENAME TO counter',
      'CREATE INDEX counter_person ON counter (person)',
    ],
  },
  { version: 4, name: 'when', sqlite: ["ALTER TABLE counter ADD COLUMN at TEXT NOT NULL DEFAULT ''"] },
];

export const migrations: readonly Migration[] = [...first, ...later]
  .slice(0, upTo)
  .map((step) => (step.version === broken ? { ...step, sqlite: [...step.sqlite, 'INSERT INTO nowhere VALUES (1)'] } : step));

export { procedures };
