import type { Migration } from '@filmless/database';

const ACCOUNTS: readonly string[] = [
  `CREATE TABLE facility (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    patient_id_issuer TEXT NOT NULL
  ) STRICT`,
  `CREATE TABLE account (
    id TEXT PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    disabled INTEGER NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created_at INTEGER NOT NULL,
    password_changed_at INTEGER NOT NULL
  ) STRICT`,
  `CREATE TABLE account_facility (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    facility_id TEXT NOT NULL REFERENCES facility (id),
    PRIMARY KEY (account_id, facility_id)
  ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX account_facility_facility ON account_facility (facility_id)',
  `CREATE TABLE session (
    hash TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    seen_at INTEGER NOT NULL,
    address TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX session_account ON session (account_id, created_at)',
  `CREATE TABLE token (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    hash TEXT NOT NULL UNIQUE,
    rights TEXT NOT NULL,
    facilities TEXT,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    used_at INTEGER
  ) STRICT`,
  'CREATE TABLE setup_link (hash TEXT PRIMARY KEY, expires_at INTEGER) STRICT',
];

/** The audit trail only grows: whoever holds the file may still forge it, the product itself cannot. */
const AUDIT: readonly string[] = [
  `CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    action TEXT NOT NULL,
    outcome TEXT NOT NULL,
    subject_kind TEXT,
    subject_id TEXT,
    subject_name TEXT,
    address TEXT,
    facility TEXT,
    study TEXT,
    detail TEXT
  ) STRICT`,
  'CREATE INDEX audit_study ON audit (study, id) WHERE study IS NOT NULL',
  'CREATE INDEX audit_subject ON audit (subject_id, id) WHERE subject_id IS NOT NULL',
  'CREATE INDEX audit_subject_name ON audit (subject_name, id) WHERE subject_name IS NOT NULL',
  'CREATE INDEX audit_at ON audit (at)',
  `CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END`,
  `CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END`,
];

/** For several processes: what one counts for all, and which of them is to read again. */
const SHARED: readonly string[] = [
  `CREATE TABLE attempt (
    kind TEXT NOT NULL, key TEXT NOT NULL, failures INTEGER NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (kind, key)
  ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX attempt_last ON attempt (last)',
  'CREATE TABLE revision (name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID',
];

const POSTGRES_SHARED: readonly string[] = [
  `CREATE TABLE attempt (
    kind TEXT COLLATE "C" NOT NULL, key TEXT COLLATE "C" NOT NULL, failures BIGINT NOT NULL, last BIGINT NOT NULL, PRIMARY KEY (kind, key)
  )`,
  'CREATE INDEX attempt_last ON attempt (last)',
  'CREATE TABLE revision (name TEXT COLLATE "C" PRIMARY KEY, number BIGINT NOT NULL)',
];

/** How a person works, and what holds for the whole hospital: JSON, each with the number of its last change. */
const SETTINGS: readonly string[] = [
  `CREATE TABLE account_setting (
    account_id TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    revision INTEGER NOT NULL,
    document TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, name)
  ) STRICT, WITHOUT ROWID`,
  `CREATE TABLE hospital_setting (
    name TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    document TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by TEXT NOT NULL
  ) STRICT, WITHOUT ROWID`,
];

const POSTGRES_SETTINGS: readonly string[] = [
  `CREATE TABLE account_setting (
    account_id TEXT COLLATE "C" NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    name TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    document TEXT COLLATE "C" NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, name)
  )`,
  `CREATE TABLE hospital_setting (
    name TEXT COLLATE "C" PRIMARY KEY,
    revision BIGINT NOT NULL,
    document TEXT COLLATE "C" NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT COLLATE "C" NOT NULL
  )`,
];

const POSTGRES_ACCOUNTS: readonly string[] = [
  `CREATE TABLE facility (
    id TEXT COLLATE "C" PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    patient_id_issuer TEXT COLLATE "C" NOT NULL
  )`,
  `CREATE TABLE account (
    id TEXT COLLATE "C" PRIMARY KEY,
    username TEXT COLLATE "C" NOT NULL UNIQUE,
    display_name TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C" NOT NULL,
    disabled BIGINT NOT NULL DEFAULT 0 CHECK (disabled IN (0, 1)),
    created_at BIGINT NOT NULL,
    password_changed_at BIGINT NOT NULL
  )`,
  `CREATE TABLE account_facility (
    account_id TEXT COLLATE "C" NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    facility_id TEXT COLLATE "C" NOT NULL REFERENCES facility (id),
    PRIMARY KEY (account_id, facility_id)
  )`,
  'CREATE INDEX account_facility_facility ON account_facility (facility_id)',
  `CREATE TABLE session (
    hash TEXT COLLATE "C" PRIMARY KEY,
    account_id TEXT COLLATE "C" NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    address TEXT COLLATE "C" NOT NULL
  )`,
  'CREATE INDEX session_account ON session (account_id, created_at)',
  `CREATE TABLE token (
    id TEXT COLLATE "C" PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    hash TEXT COLLATE "C" NOT NULL UNIQUE,
    rights TEXT COLLATE "C" NOT NULL,
    facilities TEXT COLLATE "C",
    created_by TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    used_at BIGINT
  )`,
  'CREATE TABLE setup_link (hash TEXT COLLATE "C" PRIMARY KEY, expires_at BIGINT)',
];

const POSTGRES_AUDIT: readonly string[] = [
  `CREATE TABLE audit (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    subject_kind TEXT COLLATE "C",
    subject_id TEXT COLLATE "C",
    subject_name TEXT COLLATE "C",
    address TEXT COLLATE "C",
    facility TEXT COLLATE "C",
    study TEXT COLLATE "C",
    detail TEXT COLLATE "C"
  )`,
  'CREATE INDEX audit_study ON audit (study, id) WHERE study IS NOT NULL',
  'CREATE INDEX audit_subject ON audit (subject_id, id) WHERE subject_id IS NOT NULL',
  'CREATE INDEX audit_subject_name ON audit (subject_name, id) WHERE subject_name IS NOT NULL',
  'CREATE INDEX audit_at ON audit (at)',
  `CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$`,
  'CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_is_kept()',
  'CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept()',
];

export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'accounts, sessions, tokens, facilities, audit',
    sqlite: [...ACCOUNTS, ...AUDIT],
    postgres: [...POSTGRES_ACCOUNTS, ...POSTGRES_AUDIT],
  },
  { version: 2, name: 'attempts and revisions for several processes', sqlite: SHARED, postgres: POSTGRES_SHARED },
  { version: 3, name: 'settings of persons and of the hospital', sqlite: SETTINGS, postgres: POSTGRES_SETTINGS },
];
