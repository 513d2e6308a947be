import type { WorkitemState } from '../core/workitems/model.ts';

export interface WorkitemTable {
  readonly uid: string;
  readonly facility: string;
  readonly state: WorkitemState;
  readonly transaction_uid: string | null;
  /** In the form that times are compared in. */
  readonly start_at: string;
  readonly patient_id: string;
  /** DICOM JSON. */
  readonly attributes: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly ended_at: string | null;
  readonly version: number;
}

/** That an application entity is told of one Workitem, and whether it must be kept for it. */
export interface WorkitemSubscriptionTable {
  readonly uid: string;
  readonly ae_title: string;
  readonly locked: number;
}

/** That one is told of all that are made, or of those that match. */
export interface WorkitemWatcherTable {
  readonly facility: string;
  readonly ae_title: string;
  readonly locked: number;
  /** Matching keys as JSON; null where it is all. */
  readonly filter: string | null;
  readonly created_at: string;
  readonly created_by: string;
}

export interface WorkitemTables {
  readonly workitem: WorkitemTable;
  readonly workitem_subscription: WorkitemSubscriptionTable;
  readonly workitem_watcher: WorkitemWatcherTable;
}

const INDEXES: readonly string[] = [
  'CREATE INDEX workitem_start ON workitem (start_at, uid)',
  'CREATE INDEX workitem_facility ON workitem (facility, start_at, uid)',
  'CREATE INDEX workitem_ended ON workitem (ended_at) WHERE ended_at IS NOT NULL',
  'CREATE INDEX workitem_subscription_ae ON workitem_subscription (ae_title, uid)',
];

export const WORKITEM_STATEMENTS: readonly string[] = [
  `CREATE TABLE workitem (
    uid TEXT PRIMARY KEY, facility TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('SCHEDULED', 'IN PROGRESS', 'COMPLETED', 'CANCELED')), transaction_uid TEXT,
    start_at TEXT NOT NULL, patient_id TEXT NOT NULL, attributes TEXT NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
    ended_at TEXT, version INTEGER NOT NULL) STRICT`,
  `CREATE TABLE workitem_subscription (
    uid TEXT NOT NULL REFERENCES workitem (uid) ON DELETE CASCADE, ae_title TEXT NOT NULL, locked INTEGER NOT NULL,
    PRIMARY KEY (uid, ae_title)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE workitem_watcher (
    facility TEXT NOT NULL, ae_title TEXT NOT NULL, locked INTEGER NOT NULL, filter TEXT, created_at TEXT NOT NULL,
    created_by TEXT NOT NULL, PRIMARY KEY (facility, ae_title)) STRICT, WITHOUT ROWID`,
  ...INDEXES,
];

export const WORKITEM_STATEMENTS_POSTGRES: readonly string[] = [
  `CREATE TABLE workitem (
    uid TEXT COLLATE "C" PRIMARY KEY, facility TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('SCHEDULED', 'IN PROGRESS', 'COMPLETED', 'CANCELED')),
    transaction_uid TEXT COLLATE "C", start_at TEXT COLLATE "C" NOT NULL, patient_id TEXT COLLATE "C" NOT NULL, attributes TEXT NOT NULL,
    created_at TEXT COLLATE "C" NOT NULL, updated_at TEXT COLLATE "C" NOT NULL, ended_at TEXT COLLATE "C", version BIGINT NOT NULL)`,
  `CREATE TABLE workitem_subscription (
    uid TEXT COLLATE "C" NOT NULL REFERENCES workitem (uid) ON DELETE CASCADE, ae_title TEXT COLLATE "C" NOT NULL,
    locked BIGINT NOT NULL, PRIMARY KEY (uid, ae_title))`,
  `CREATE TABLE workitem_watcher (
    facility TEXT COLLATE "C" NOT NULL, ae_title TEXT COLLATE "C" NOT NULL, locked BIGINT NOT NULL, filter TEXT,
    created_at TEXT COLLATE "C" NOT NULL, created_by TEXT COLLATE "C" NOT NULL, PRIMARY KEY (facility, ae_title))`,
  ...INDEXES,
];
