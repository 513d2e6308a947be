import { queryBuilder } from '@filmless/database';
import type { Kysely } from 'kysely';
import type { MarkTables } from './mark-tables.ts';
import type { OrderTables } from './order-tables.ts';
import type { ProcessTables } from './process-tables.ts';
import type { RejectionTables } from './rejection-tables.ts';
import type { UploadTables } from './upload-tables.ts';
import type { WorkitemTables } from './workitem-tables.ts';

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
  /** Whose the study was when it was shared; null where that was before anybody wrote it down. */
  readonly owner: string | null;
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

/** An instance that was sent and not taken, until it has come or is long ago. */
export interface RefusedInstanceTable {
  readonly sop_instance_uid: string;
  readonly study_instance_uid: string;
  /** Of whoever sent it. */
  readonly facility: string;
  readonly reason: 'full' | 'away' | 'broken' | 'failed';
  /** AE title, or the name of a person or token. */
  readonly sender: string;
  readonly address: string;
  readonly at: string;
  readonly times: number;
}

/** Columns in the order of `RemovedStudy`. */
export interface RemovedStudyTable {
  readonly study_instance_uid: string;
  readonly facility: string;
  readonly instances: number;
  readonly bytes: number;
  readonly at: string;
}

/** A study from elsewhere that a person put under a patient of this house; JSON in `original`, `patient`, `basis`, `attributes`. */
export interface PatientImportTable {
  readonly id: string;
  readonly study_instance_uid: string;
  readonly facility: string;
  readonly original: string;
  readonly patient: string;
  readonly basis: string;
  readonly attributes: string;
  /** Of `original` and `attributes`: the same decision is written once. */
  readonly attributes_sha256: string;
  readonly decided_by: string;
  readonly decided_at: string;
}

export interface RecordTables extends MarkTables, OrderTables, ProcessTables, RejectionTables, UploadTables, WorkitemTables {
  readonly conflict: ConflictTable;
  readonly share: ShareTable;
  readonly refused_instance: RefusedInstanceTable;
  readonly removed_study: RemovedStudyTable;
  readonly patient_import: PatientImportTable;
}

export const db: Kysely<RecordTables> = queryBuilder<RecordTables>();
