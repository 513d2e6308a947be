import { type Migration, type Procedure, queryBuilder, run, runFirst } from '@filmless/database';
import type { Kysely } from 'kysely';

/** Columns in the order of `ConflictRecord`. */
export interface ConflictTable {
  readonly id: string;
  readonly kind: 'different' | 'foreign';
  readonly study_instance_uid: string;
  readonly series_instance_uid: string;
  readonly sop_instance_uid: string;
  readonly facility: string;
  readonly from_facility: string;
  readonly from_name: string;
  readonly received_at: string;
  readonly new_key: string;
  readonly new_sha256: string;
  readonly existing_key: string | null;
  readonly existing_sha256: string | null;
  readonly state: 'open' | 'resolving' | 'existing' | 'new';
  readonly resolved_by: string | null;
  readonly resolved_at: string | null;
}

export interface ShareTable {
  readonly id: string;
  readonly study_instance_uid: string;
  readonly facility: string;
  readonly basis: 'transfer' | 'consultation' | 'emergency' | 'patient-request' | 'authority';
  readonly evidence: string;
  readonly expires_at: string | null;
  readonly created_at: string;
  readonly created_by: string;
  /** Taken back, or replaced; the line stays as evidence. */
  readonly ended_at: string | null;
  readonly ended_by: string | null;
}

export interface RecordTables {
  readonly conflict: ConflictTable;
  readonly share: ShareTable;
}

export const db: Kysely<RecordTables> = queryBuilder<RecordTables>();

export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'conflicts and shares',
    sqlite: [
      `CREATE TABLE conflict (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL,
        study_instance_uid TEXT NOT NULL, series_instance_uid TEXT NOT NULL, sop_instance_uid TEXT NOT NULL,
        facility TEXT NOT NULL, from_facility TEXT NOT NULL, from_name TEXT NOT NULL, received_at TEXT NOT NULL,
        new_key TEXT NOT NULL UNIQUE, new_sha256 TEXT NOT NULL, existing_key TEXT, existing_sha256 TEXT,
        state TEXT NOT NULL CHECK (state IN ('open', 'resolving', 'existing', 'new')),
        resolved_by TEXT, resolved_at TEXT,
        UNIQUE (sop_instance_uid, new_sha256, from_facility)) STRICT`,
      "CREATE INDEX conflict_open ON conflict (received_at, id) WHERE state = 'open'",
      'CREATE INDEX conflict_study ON conflict (study_instance_uid, state)',
      `CREATE TABLE share (
        id TEXT PRIMARY KEY, study_instance_uid TEXT NOT NULL, facility TEXT NOT NULL, basis TEXT NOT NULL, evidence TEXT NOT NULL,
        expires_at TEXT, created_at TEXT NOT NULL, created_by TEXT NOT NULL, ended_at TEXT, ended_by TEXT) STRICT`,
      'CREATE UNIQUE INDEX share_in_force ON share (study_instance_uid, facility) WHERE ended_at IS NULL',
    ],
  },
];

type AddConflict = Procedure<ConflictTable, boolean>;
type Resolve = Procedure<
  Pick<ConflictTable, 'id' | 'state' | 'resolved_by' | 'resolved_at' | 'existing_key' | 'existing_sha256'>,
  boolean
>;
type FinishResolve = Procedure<{ readonly id: string }, void>;
type AddShare = Procedure<ShareTable, void>;
type EndShare = Procedure<
  { readonly study: string; readonly facility: string; readonly by: string; readonly at: string },
  boolean
>;

const addConflict: AddConflict = function* (conflict) {
  const row = yield* runFirst(
    db
      .insertInto('conflict')
      .values(conflict)
      .onConflict((clash) => clash.columns(['sop_instance_uid', 'new_sha256', 'from_facility']).doNothing())
      .returning('id'),
  );
  return row !== undefined;
};

const resolve: Resolve = function* ({ id, ...decision }) {
  const row = yield* runFirst(
    db.updateTable('conflict').set(decision).where('id', '=', id).where('state', '=', 'open').returning('id'),
  );
  return row !== undefined;
};

const finishResolve: FinishResolve = function* ({ id }) {
  yield* run(db.updateTable('conflict').set({ state: 'new' }).where('id', '=', id).where('state', '=', 'resolving'));
};

const endShare: EndShare = function* ({ study, facility, by, at }) {
  const row = yield* runFirst(
    db
      .updateTable('share')
      .set({ ended_at: at, ended_by: by })
      .where('study_instance_uid', '=', study)
      .where('facility', '=', facility)
      .where('ended_at', 'is', null)
      .returning('id'),
  );
  return row !== undefined;
};

const addShare: AddShare = function* (share) {
  yield* endShare({ study: share.study_instance_uid, facility: share.facility, by: share.created_by, at: share.created_at });
  yield* run(db.insertInto('share').values(share));
};

export const procedures: {
  readonly addConflict: AddConflict;
  readonly resolve: Resolve;
  readonly finishResolve: FinishResolve;
  readonly addShare: AddShare;
  readonly endShare: EndShare;
} = { addConflict, resolve, finishResolve, addShare, endShare };
