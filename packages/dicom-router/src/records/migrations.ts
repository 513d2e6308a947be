import type { Migration } from '@filmless/database';

export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'application entities, destinations, deliveries, association log',
    sqlite: [
      `CREATE TABLE ae (
        title TEXT PRIMARY KEY, host TEXT, port INTEGER, may TEXT NOT NULL, facility TEXT NOT NULL
      ) STRICT`,
      `CREATE TABLE destination (
        id TEXT PRIMARY KEY, ae_title TEXT NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL, calling_ae TEXT,
        rule TEXT NOT NULL, enabled INTEGER NOT NULL
      ) STRICT`,
      `CREATE TABLE delivery (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        destination TEXT NOT NULL REFERENCES destination (id) ON DELETE RESTRICT,
        study_instance_uid TEXT NOT NULL, series_instance_uid TEXT NOT NULL, sop_instance_uid TEXT NOT NULL,
        sop_class_uid TEXT NOT NULL, transfer_syntax_uid TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('queued', 'sending', 'done', 'aside')),
        attempts INTEGER NOT NULL, next_attempt INTEGER NOT NULL, created_at INTEGER NOT NULL, finished_at INTEGER, problem TEXT,
        UNIQUE (destination, sop_instance_uid)
      ) STRICT`,
      'CREATE INDEX delivery_due ON delivery (destination, state, next_attempt)',
      'CREATE INDEX delivery_finished ON delivery (finished_at) WHERE finished_at IS NOT NULL',
      `CREATE TABLE association (
        id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, duration_ms INTEGER NOT NULL,
        calling_ae TEXT NOT NULL, called_ae TEXT NOT NULL, address TEXT NOT NULL,
        outcome TEXT NOT NULL, detail TEXT NOT NULL, stored INTEGER NOT NULL, failed INTEGER NOT NULL
      ) STRICT`,
    ],
  },
  {
    version: 2,
    name: 'what the log calls an association',
    sqlite: ["ALTER TABLE association ADD COLUMN association TEXT NOT NULL DEFAULT ''"],
  },
];
