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

export const migrations: readonly Migration[] = [
  { version: 1, name: 'accounts, sessions, tokens, facilities, audit', sqlite: [...ACCOUNTS, ...AUDIT] },
];
