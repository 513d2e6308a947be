import type { Generated } from 'kysely';
import type { OrderState, PerformedState } from '../core/orders/model.ts';
import type { MatchBasis } from '../core/orders/order-records.ts';

export interface ImagingOrderTable {
  readonly id: number;
  readonly facility: string;
  readonly accession_number: string;
  readonly study_instance_uid: string;
  readonly patient_id: string;
  /** Folded words of the patient's name, each behind a space. */
  readonly name_words: string;
  readonly state: OrderState;
  /** `OrderDocument` as JSON. */
  readonly document: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly version: number;
}

/** What an order is searched by; its step itself stands in the document at the same position. */
export interface OrderStepTable {
  readonly order_id: number;
  readonly position: number;
  readonly step_id: string;
  readonly facility: string;
  readonly modality: string;
  /** Empty where any machine of the modality may do it. */
  readonly station: string;
  readonly start_at: string;
  readonly state: OrderState;
  readonly order_state: OrderState;
}

/** Full-text index without a copy of the text; `rowid` is the order's id. */
interface OrderWordsTable {
  readonly rowid: number;
  readonly name: string;
}

/** PostgreSQL's: a row for each word of a name. */
interface OrderWordTable {
  readonly word: string;
  readonly order_id: number;
}

export interface PerformedStepTable {
  readonly sop_instance_uid: string;
  readonly facility: string;
  readonly state: PerformedState;
  readonly patient_id: string;
  readonly station: string;
  readonly modality: string;
  readonly start_at: string | null;
  readonly end_at: string | null;
  /** Instances it names. */
  readonly named: number;
  /** DICOM JSON. */
  readonly data_set: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly version: number;
}

/** An item of Scheduled Step Attributes Sequence, with the order it was found to mean. */
export interface PerformedScheduleTable {
  readonly sop_instance_uid: string;
  readonly position: number;
  readonly facility: string;
  readonly study_instance_uid: string;
  readonly accession_number: string;
  readonly step_id: string;
  readonly order_id: number | null;
}

/** An instance that a final performed procedure step names and that had not arrived. */
interface AwaitedInstanceTable {
  readonly study_instance_uid: string;
  readonly sop_instance_uid: string;
}

export interface StudyMatchTable {
  readonly study_instance_uid: string;
  readonly facility: string;
  readonly order_id: number | null;
  readonly basis: MatchBasis;
  readonly matched_by: string;
  readonly matched_at: string;
}

/** Up to when arrivals were looked at. One row. */
interface ArrivalMarkTable {
  readonly id: number;
  readonly seen_until: string;
}

export interface OrderTables {
  readonly imaging_order: Omit<ImagingOrderTable, 'id'> & { readonly id: Generated<number> };
  readonly order_step: OrderStepTable;
  readonly order_words: OrderWordsTable;
  readonly order_word: OrderWordTable;
  readonly performed_step: PerformedStepTable;
  readonly performed_schedule: PerformedScheduleTable;
  readonly awaited_instance: AwaitedInstanceTable;
  readonly study_match: StudyMatchTable;
  readonly arrival_mark: ArrivalMarkTable;
}

const STATES = "('SCHEDULED', 'IN_PROGRESS', 'COMPLETED', 'DISCONTINUED', 'CANCELLED')";

export const ORDER_STATEMENTS: readonly string[] = [
  `CREATE TABLE imaging_order (
    id INTEGER PRIMARY KEY, facility TEXT NOT NULL, accession_number TEXT NOT NULL, study_instance_uid TEXT NOT NULL,
    patient_id TEXT NOT NULL, name_words TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ${STATES}), document TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, version INTEGER NOT NULL, UNIQUE (accession_number, facility)) STRICT`,
  'CREATE INDEX imaging_order_study ON imaging_order (study_instance_uid)',
  'CREATE INDEX imaging_order_patient ON imaging_order (patient_id)',
  `CREATE TABLE order_step (
    order_id INTEGER NOT NULL REFERENCES imaging_order (id), position INTEGER NOT NULL, step_id TEXT NOT NULL, facility TEXT NOT NULL,
    modality TEXT NOT NULL, station TEXT NOT NULL, start_at TEXT NOT NULL, state TEXT NOT NULL CHECK (state IN ${STATES}),
    order_state TEXT NOT NULL, PRIMARY KEY (order_id, position)) STRICT, WITHOUT ROWID`,
  'CREATE INDEX order_step_facility ON order_step (facility, start_at, order_id)',
  'CREATE INDEX order_step_start ON order_step (start_at, order_id, facility)',
  'CREATE INDEX order_step_station ON order_step (station, start_at, order_id)',
  // The few that are not done: what a worklist asks for.
  `CREATE INDEX order_step_open ON order_step (start_at, order_id, facility, modality, station, order_state)
    WHERE order_state IN ('SCHEDULED', 'IN_PROGRESS')`,
  // The words come folded and split; the ascii tokenizer leaves whatever is not ASCII as it is.
  `CREATE VIRTUAL TABLE order_words USING fts5 (name, content = '', contentless_delete = 1, detail = column, prefix = '1 2 3',
    tokenize = 'ascii')`,
  `CREATE TABLE performed_step (
    sop_instance_uid TEXT PRIMARY KEY, facility TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('IN PROGRESS', 'COMPLETED', 'DISCONTINUED')), patient_id TEXT NOT NULL, station TEXT NOT NULL,
    modality TEXT NOT NULL, start_at TEXT, end_at TEXT, named INTEGER NOT NULL, data_set TEXT NOT NULL,
    created_at TEXT NOT NULL, updated_at TEXT NOT NULL, version INTEGER NOT NULL) STRICT`,
  'CREATE INDEX performed_step_created ON performed_step (created_at, sop_instance_uid)',
  `CREATE TABLE performed_schedule (
    sop_instance_uid TEXT NOT NULL REFERENCES performed_step (sop_instance_uid), position INTEGER NOT NULL, facility TEXT NOT NULL,
    study_instance_uid TEXT NOT NULL, accession_number TEXT NOT NULL, step_id TEXT NOT NULL,
    order_id INTEGER REFERENCES imaging_order (id), PRIMARY KEY (sop_instance_uid, position)) STRICT, WITHOUT ROWID`,
  'CREATE INDEX performed_schedule_order ON performed_schedule (order_id) WHERE order_id IS NOT NULL',
  'CREATE INDEX performed_schedule_study ON performed_schedule (study_instance_uid)',
  "CREATE INDEX performed_schedule_accession ON performed_schedule (accession_number) WHERE accession_number <> ''",
  `CREATE TABLE awaited_instance (
    study_instance_uid TEXT NOT NULL, sop_instance_uid TEXT NOT NULL, PRIMARY KEY (study_instance_uid, sop_instance_uid)
    ) STRICT, WITHOUT ROWID`,
  'CREATE INDEX awaited_instance_uid ON awaited_instance (sop_instance_uid)',
  `CREATE TABLE study_match (
    study_instance_uid TEXT PRIMARY KEY, facility TEXT NOT NULL, order_id INTEGER REFERENCES imaging_order (id),
    basis TEXT NOT NULL CHECK (basis IN ('study-uid', 'accession', 'person', 'released')), matched_by TEXT NOT NULL,
    matched_at TEXT NOT NULL) STRICT, WITHOUT ROWID`,
  'CREATE INDEX study_match_order ON study_match (order_id) WHERE order_id IS NOT NULL',
  'CREATE TABLE arrival_mark (id INTEGER PRIMARY KEY CHECK (id = 1), seen_until TEXT NOT NULL) STRICT',
];
