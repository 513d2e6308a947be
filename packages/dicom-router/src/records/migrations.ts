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
  {
    version: 3,
    name: 'settings of an application entity and of a destination beyond their address',
    sqlite: [
      "ALTER TABLE ae ADD COLUMN settings TEXT NOT NULL DEFAULT '{}'",
      "ALTER TABLE destination ADD COLUMN settings TEXT NOT NULL DEFAULT '{}'",
    ],
  },
  {
    version: 4,
    name: 'storage commitment, asked of us and by us',
    sqlite: [
      `CREATE TABLE commitment (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        transaction_uid TEXT NOT NULL, ae_title TEXT NOT NULL, facility TEXT NOT NULL, address TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('asked', 'checked', 'reported', 'aside')),
        instances INTEGER NOT NULL, refused INTEGER NOT NULL, attempts INTEGER NOT NULL, next_attempt INTEGER NOT NULL,
        asked_at INTEGER NOT NULL, checked_at INTEGER, reported_at INTEGER, problem TEXT
      ) STRICT`,
      `CREATE TABLE commitment_instance (
        commitment INTEGER NOT NULL REFERENCES commitment (id) ON DELETE CASCADE,
        position INTEGER NOT NULL, sop_class_uid TEXT NOT NULL, sop_instance_uid TEXT NOT NULL, failure INTEGER,
        PRIMARY KEY (commitment, position)
      ) STRICT, WITHOUT ROWID`,
      'CREATE INDEX commitment_due ON commitment (state, next_attempt)',
      'CREATE INDEX commitment_transaction ON commitment (ae_title, transaction_uid)',
      `CREATE TABLE commitment_request (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        destination TEXT NOT NULL REFERENCES destination (id) ON DELETE CASCADE, transaction_uid TEXT NOT NULL UNIQUE,
        state TEXT NOT NULL CHECK (state IN ('asking', 'asked', 'answered', 'unanswered')),
        instances INTEGER NOT NULL, refused INTEGER NOT NULL, asked_at INTEGER NOT NULL, answered_at INTEGER, problem TEXT
      ) STRICT`,
      'CREATE INDEX commitment_request_open ON commitment_request (destination, state)',
      `ALTER TABLE delivery ADD COLUMN commitment TEXT
        CHECK (commitment IN ('wanted', 'asked', 'confirmed', 'refused', 'unanswered'))`,
      'ALTER TABLE delivery ADD COLUMN commitment_request INTEGER',
      'ALTER TABLE delivery ADD COLUMN resends INTEGER NOT NULL DEFAULT 0',
      'CREATE INDEX delivery_commitment ON delivery (destination, commitment) WHERE commitment IS NOT NULL',
      'CREATE INDEX delivery_request ON delivery (commitment_request) WHERE commitment_request IS NOT NULL',
    ],
  },
  {
    version: 5,
    name: 'destinations of other kinds, classes, holds and legal bases of deliveries',
    sqlite: [
      "ALTER TABLE destination ADD COLUMN kind TEXT NOT NULL DEFAULT 'dicom'",
      'ALTER TABLE destination ADD COLUMN secret TEXT',
      'ALTER TABLE delivery ADD COLUMN class INTEGER NOT NULL DEFAULT 2',
      "ALTER TABLE delivery ADD COLUMN rule TEXT NOT NULL DEFAULT ''",
      "ALTER TABLE delivery ADD COLUMN changes TEXT NOT NULL DEFAULT '{}'",
      'ALTER TABLE delivery ADD COLUMN not_before INTEGER',
      'ALTER TABLE delivery ADD COLUMN legal TEXT',
      'ALTER TABLE delivery ADD COLUMN bytes INTEGER',
      'ALTER TABLE delivery ADD COLUMN origin TEXT',
      'ALTER TABLE delivery ADD COLUMN again INTEGER NOT NULL DEFAULT 0',
      'DROP INDEX delivery_due',
      'CREATE INDEX delivery_due ON delivery (destination, state, class, next_attempt, bytes)',
      'CREATE INDEX delivery_study ON delivery (study_instance_uid, destination, state)',
      `CREATE TABLE delivery_share (
        study_instance_uid TEXT NOT NULL, destination TEXT NOT NULL, legal TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (study_instance_uid, destination, legal)
      ) STRICT, WITHOUT ROWID`,
    ],
  },
  {
    version: 6,
    name: 'what went wrong with associations, and when machines called',
    sqlite: [
      "ALTER TABLE association ADD COLUMN direction TEXT NOT NULL DEFAULT 'in'",
      'ALTER TABLE association ADD COLUMN port INTEGER',
      'ALTER TABLE association ADD COLUMN secure INTEGER NOT NULL DEFAULT 0',
      "ALTER TABLE association ADD COLUMN purpose TEXT NOT NULL DEFAULT ''",
      'ALTER TABLE association ADD COLUMN destination TEXT',
      'ALTER TABLE association ADD COLUMN trouble INTEGER',
      'CREATE INDEX association_trouble ON association (trouble) WHERE trouble IS NOT NULL',
      `CREATE TABLE trouble (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        direction TEXT NOT NULL CHECK (direction IN ('in', 'out')), title TEXT NOT NULL, address TEXT NOT NULL,
        cause TEXT NOT NULL, distinct_by TEXT NOT NULL, scope TEXT NOT NULL CHECK (scope IN ('association', 'operation')),
        called_ae TEXT NOT NULL, port INTEGER, secure INTEGER NOT NULL, purpose TEXT NOT NULL, destination TEXT,
        facts TEXT NOT NULL, detail TEXT NOT NULL, association TEXT NOT NULL,
        first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, times INTEGER NOT NULL, settled_at INTEGER,
        UNIQUE (direction, title, address, cause, distinct_by)
      ) STRICT`,
      'CREATE INDEX trouble_of_address ON trouble (direction, address, last_at)',
      'CREATE INDEX trouble_last ON trouble (last_at)',
      `CREATE TABLE contact (
        title TEXT PRIMARY KEY, address TEXT NOT NULL, secure INTEGER NOT NULL, first_at INTEGER NOT NULL,
        last_at INTEGER NOT NULL, week INTEGER NOT NULL, first_week INTEGER NOT NULL, hours TEXT NOT NULL
      ) STRICT, WITHOUT ROWID`,
    ],
  },
  {
    version: 7,
    name: 'routing rules, what they have yet to decide, and the priors they ask for',
    sqlite: [
      `CREATE TABLE rule_version (
        version INTEGER PRIMARY KEY AUTOINCREMENT, document TEXT NOT NULL, at INTEGER NOT NULL, by TEXT NOT NULL
      ) STRICT`,
      `CREATE TABLE arrival (
        sop_instance_uid TEXT PRIMARY KEY, study_instance_uid TEXT NOT NULL, series_instance_uid TEXT NOT NULL,
        sop_class_uid TEXT NOT NULL, transfer_syntax_uid TEXT NOT NULL, bytes INTEGER, source TEXT NOT NULL,
        is_new INTEGER NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL CHECK (state IN ('arrived', 'waiting')),
        attempts INTEGER NOT NULL, next_look INTEGER NOT NULL, problem TEXT
      ) STRICT`,
      'CREATE INDEX arrival_due ON arrival (state, next_look)',
      'CREATE INDEX arrival_study ON arrival (study_instance_uid, state)',
      `CREATE TABLE prefetch (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        destination TEXT NOT NULL REFERENCES destination (id) ON DELETE CASCADE, study_instance_uid TEXT NOT NULL,
        wanted TEXT NOT NULL, done INTEGER NOT NULL, at INTEGER NOT NULL,
        attempts INTEGER NOT NULL, next_look INTEGER NOT NULL, problem TEXT,
        UNIQUE (destination, study_instance_uid)
      ) STRICT`,
      'CREATE INDEX prefetch_due ON prefetch (done, next_look)',
    ],
  },
  {
    version: 8,
    name: 'profiles of de-identification, and the secret of its pseudonyms',
    sqlite: [
      'CREATE TABLE deidentification_profile (name TEXT PRIMARY KEY, profile TEXT NOT NULL) STRICT',
      'CREATE TABLE secret (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT',
    ],
  },
  {
    version: 9,
    name: 'receipts: what is open of a study, what was confirmed to machines, and what of both is kept for good',
    sqlite: [
      "CREATE INDEX delivery_open ON delivery (study_instance_uid, state) WHERE state <> 'done'",
      'ALTER TABLE delivery ADD COLUMN repeated INTEGER NOT NULL DEFAULT 0',
      `CREATE TABLE commitment_study (
        commitment INTEGER NOT NULL REFERENCES commitment (id) ON DELETE CASCADE, study_instance_uid TEXT NOT NULL,
        PRIMARY KEY (commitment, study_instance_uid)
      ) STRICT, WITHOUT ROWID`,
      'CREATE INDEX commitment_study_uid ON commitment_study (study_instance_uid)',
      `CREATE TABLE committed_instance (
        study_instance_uid TEXT NOT NULL, sop_instance_uid TEXT NOT NULL, ae_title TEXT NOT NULL, failure INTEGER,
        at INTEGER NOT NULL, PRIMARY KEY (study_instance_uid, sop_instance_uid)
      ) STRICT, WITHOUT ROWID`,
      'CREATE INDEX committed_instance_at ON committed_instance (at)',
      'CREATE INDEX committed_instance_failed ON committed_instance (study_instance_uid, sop_instance_uid) WHERE failure IS NOT NULL',
      `CREATE TABLE receipt_total (
        study_instance_uid TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('delivery', 'commitment')), peer TEXT NOT NULL,
        instances INTEGER NOT NULL, confirmed INTEGER NOT NULL, last_at INTEGER NOT NULL,
        PRIMARY KEY (study_instance_uid, kind, peer)
      ) STRICT, WITHOUT ROWID`,
    ],
  },
  {
    version: 10,
    name: 'what a delivered copy is called',
    sqlite: ['ALTER TABLE delivery ADD COLUMN copy_uid TEXT'],
  },
];
