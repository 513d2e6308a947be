import type { Migration } from '@filmless/database';
import { MARK_STATEMENTS, MARK_STATEMENTS_POSTGRES } from './mark-tables.ts';
import { ORDER_STATEMENTS } from './order-tables.ts';
import { POSTGRES_RECORDS } from './postgres-tables.ts';
import { PROCESS_STATEMENTS, PROCESS_STATEMENTS_POSTGRES } from './process-tables.ts';
import { REJECTION_STATEMENTS, REJECTION_STATEMENTS_POSTGRES } from './rejection-tables.ts';
import { UPLOAD_STATEMENTS, UPLOAD_STATEMENTS_POSTGRES } from './upload-tables.ts';
import { WORKITEM_STATEMENTS, WORKITEM_STATEMENTS_POSTGRES } from './workitem-tables.ts';

/**
 * What the journals tell of shares that name no owner: of a study that was removed since none is in force any more, and whoever rejected
 * or deleted first since owned the study until then. Of all others the study has not left.
 */
const SHARES_OF_EARLIER: readonly string[] = [
  `UPDATE share SET ended_by = 'archive', ended_at = (
      SELECT at FROM removed_study WHERE removed_study.study_instance_uid = share.study_instance_uid)
    WHERE ended_at IS NULL AND EXISTS (
      SELECT 1 FROM removed_study
      WHERE removed_study.study_instance_uid = share.study_instance_uid AND removed_study.at >= share.created_at)`,
  `UPDATE share SET owner = (
      SELECT rejection.facility FROM rejection
      WHERE rejection.study_instance_uid = share.study_instance_uid AND rejection.at >= share.created_at
      ORDER BY rejection.at, rejection.id LIMIT 1)
    WHERE ended_at IS NULL`,
];

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
  { version: 2, name: 'orders, performed procedure steps, matches', sqlite: ORDER_STATEMENTS },
  {
    version: 3,
    name: 'instances that were sent and not taken',
    sqlite: [
      `CREATE TABLE refused_instance (
        sop_instance_uid TEXT PRIMARY KEY, study_instance_uid TEXT NOT NULL, facility TEXT NOT NULL,
        reason TEXT NOT NULL CHECK (reason IN ('full', 'away', 'broken', 'failed')), sender TEXT NOT NULL, address TEXT NOT NULL,
        at TEXT NOT NULL, times INTEGER NOT NULL) STRICT, WITHOUT ROWID`,
      'CREATE INDEX refused_instance_study ON refused_instance (study_instance_uid)',
      'CREATE INDEX refused_instance_at ON refused_instance (at)',
    ],
  },
  {
    version: 4,
    name: 'studies whose copies were removed here',
    sqlite: [
      `CREATE TABLE removed_study (
        study_instance_uid TEXT PRIMARY KEY, facility TEXT NOT NULL, instances INTEGER NOT NULL, bytes INTEGER NOT NULL,
        at TEXT NOT NULL) STRICT, WITHOUT ROWID`,
      'CREATE INDEX removed_study_at ON removed_study (at, study_instance_uid)',
    ],
    postgres: POSTGRES_RECORDS,
  },
  {
    version: 5,
    name: 'processes, their locks and news, uploads to them',
    sqlite: [...PROCESS_STATEMENTS, ...UPLOAD_STATEMENTS],
    postgres: [...PROCESS_STATEMENTS_POSTGRES, ...UPLOAD_STATEMENTS_POSTGRES],
  },
  {
    version: 6,
    name: 'what was rejected and deleted',
    sqlite: REJECTION_STATEMENTS,
    postgres: REJECTION_STATEMENTS_POSTGRES,
  },
  {
    version: 7,
    name: 'studies from elsewhere put under a patient of this house',
    sqlite: [
      `CREATE TABLE patient_import (
        id TEXT PRIMARY KEY, study_instance_uid TEXT NOT NULL, facility TEXT NOT NULL, original TEXT NOT NULL, patient TEXT NOT NULL,
        basis TEXT NOT NULL, attributes TEXT NOT NULL, attributes_sha256 TEXT NOT NULL, decided_by TEXT NOT NULL, decided_at TEXT NOT NULL,
        UNIQUE (study_instance_uid, facility, attributes_sha256)) STRICT`,
    ],
    postgres: [
      `CREATE TABLE patient_import (
        id TEXT COLLATE "C" PRIMARY KEY, study_instance_uid TEXT COLLATE "C" NOT NULL, facility TEXT COLLATE "C" NOT NULL,
        original TEXT NOT NULL, patient TEXT NOT NULL, basis TEXT NOT NULL, attributes TEXT NOT NULL,
        attributes_sha256 TEXT COLLATE "C" NOT NULL, decided_by TEXT NOT NULL, decided_at TEXT COLLATE "C" NOT NULL,
        UNIQUE (study_instance_uid, facility, attributes_sha256))`,
    ],
  },
  {
    version: 8,
    name: 'whose a shared study is',
    sqlite: ['ALTER TABLE share ADD COLUMN owner TEXT', ...SHARES_OF_EARLIER],
    postgres: ['ALTER TABLE share ADD COLUMN owner TEXT COLLATE "C"', ...SHARES_OF_EARLIER],
  },
  {
    version: 9,
    name: 'the worklist: unified procedure steps and who is told of them',
    sqlite: WORKITEM_STATEMENTS,
    postgres: WORKITEM_STATEMENTS_POSTGRES,
  },
  {
    version: 10,
    name: 'marks on images',
    sqlite: MARK_STATEMENTS,
    postgres: MARK_STATEMENTS_POSTGRES,
  },
];
