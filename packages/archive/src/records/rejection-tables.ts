import type { Rejection } from '../core/rejections/model.ts';

/** States in which a rejection keeps its objects. */
export const HOLDING = ['hiding', 'hidden', 'restoring', 'removing'] as const;

export interface RejectionTable {
  readonly id: string;
  readonly kind: Rejection['kind'];
  readonly study_instance_uid: string;
  readonly facility: string;
  readonly code: Rejection['code'];
  readonly reason: string;
  readonly patient_id: string;
  readonly patient_name: string;
  readonly instances: number;
  readonly bytes: number;
  readonly rejected_by: string;
  readonly at: string;
  readonly state: Rejection['state'];
  readonly remove_after: string;
  readonly ended_by: string | null;
  readonly ended_at: string | null;
  readonly note_uid: string | null;
}

export interface RejectedInstanceTable {
  readonly rejection_id: string;
  readonly object_key: string;
  readonly series_instance_uid: string;
  readonly sop_instance_uid: string;
  readonly sop_class_uid: string;
  readonly transfer_syntax_uid: string;
  readonly sha256: string;
  readonly size: number;
}

export interface RejectionTables {
  readonly rejection: RejectionTable;
  readonly rejected_instance: RejectedInstanceTable;
}

/** NOTE: unique in a UNIQUE index are only notes: of all others the UID is NULL. */
export const REJECTION_STATEMENTS: readonly string[] = [
  `CREATE TABLE rejection (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('rejected', 'deleted')), study_instance_uid TEXT NOT NULL,
    facility TEXT NOT NULL, code TEXT, reason TEXT NOT NULL, patient_id TEXT NOT NULL, patient_name TEXT NOT NULL,
    instances INTEGER NOT NULL, bytes INTEGER NOT NULL, rejected_by TEXT NOT NULL, at TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('hiding', 'hidden', 'restoring', 'restored', 'removing', 'removed')),
    remove_after TEXT NOT NULL, ended_by TEXT, ended_at TEXT, note_uid TEXT,
    UNIQUE (note_uid, study_instance_uid)) STRICT, WITHOUT ROWID`,
  'CREATE INDEX rejection_at ON rejection (at, id)',
  'CREATE INDEX rejection_study ON rejection (study_instance_uid, at)',
  'CREATE INDEX rejection_state ON rejection (state, remove_after)',
  `CREATE TABLE rejected_instance (
    rejection_id TEXT NOT NULL REFERENCES rejection (id), object_key TEXT NOT NULL, series_instance_uid TEXT NOT NULL,
    sop_instance_uid TEXT NOT NULL, sop_class_uid TEXT NOT NULL, transfer_syntax_uid TEXT NOT NULL, sha256 TEXT NOT NULL,
    size INTEGER NOT NULL, PRIMARY KEY (rejection_id, object_key)) STRICT, WITHOUT ROWID`,
  'CREATE INDEX rejected_instance_object ON rejected_instance (object_key)',
  'CREATE INDEX rejected_instance_sop ON rejected_instance (sop_instance_uid)',
];

export const REJECTION_STATEMENTS_POSTGRES: readonly string[] = [
  `CREATE TABLE rejection (
    id TEXT COLLATE "C" PRIMARY KEY, kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('rejected', 'deleted')), study_instance_uid TEXT COLLATE "C" NOT NULL,
    facility TEXT COLLATE "C" NOT NULL, code TEXT COLLATE "C", reason TEXT COLLATE "C" NOT NULL, patient_id TEXT COLLATE "C" NOT NULL, patient_name TEXT COLLATE "C" NOT NULL,
    instances BIGINT NOT NULL, bytes BIGINT NOT NULL, rejected_by TEXT COLLATE "C" NOT NULL, at TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL CHECK (state IN ('hiding', 'hidden', 'restoring', 'restored', 'removing', 'removed')),
    remove_after TEXT COLLATE "C" NOT NULL, ended_by TEXT COLLATE "C", ended_at TEXT COLLATE "C", note_uid TEXT COLLATE "C",
    UNIQUE (note_uid, study_instance_uid))`,
  'CREATE INDEX rejection_at ON rejection (at, id)',
  'CREATE INDEX rejection_study ON rejection (study_instance_uid, at)',
  'CREATE INDEX rejection_state ON rejection (state, remove_after)',
  `CREATE TABLE rejected_instance (
    rejection_id TEXT COLLATE "C" NOT NULL REFERENCES rejection (id), object_key TEXT COLLATE "C" NOT NULL, series_instance_uid TEXT COLLATE "C" NOT NULL,
    sop_instance_uid TEXT COLLATE "C" NOT NULL, sop_class_uid TEXT COLLATE "C" NOT NULL, transfer_syntax_uid TEXT COLLATE "C" NOT NULL, sha256 TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL, PRIMARY KEY (rejection_id, object_key))`,
  'CREATE INDEX rejected_instance_object ON rejected_instance (object_key)',
  'CREATE INDEX rejected_instance_sop ON rejected_instance (sop_instance_uid)',
];
