/** What the marks of one study have in common. A row is locked by whoever changes one of them. */
interface MarkedStudyTable {
  readonly study_instance_uid: string;
  readonly facility: string;
  /** Of the last change: counts up. */
  readonly position: number;
  /** With the deleted ones. */
  readonly marks: number;
}

export interface MarkTable {
  readonly study_instance_uid: string;
  readonly facility: string;
  readonly id: string;
  /** Its last change among those of the study. */
  readonly position: number;
  /** `Mark` as JSON. */
  readonly document: string;
}

export interface MarkTables {
  readonly marked_study: MarkedStudyTable;
  readonly mark: MarkTable;
}

export const MARK_STATEMENTS: readonly string[] = [
  `CREATE TABLE marked_study (
    study_instance_uid TEXT NOT NULL, facility TEXT NOT NULL, position INTEGER NOT NULL, marks INTEGER NOT NULL,
    PRIMARY KEY (study_instance_uid, facility)) STRICT, WITHOUT ROWID`,
  `CREATE TABLE mark (
    study_instance_uid TEXT NOT NULL, facility TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (study_instance_uid, facility, id)) STRICT, WITHOUT ROWID`,
  'CREATE UNIQUE INDEX mark_position ON mark (study_instance_uid, facility, position)',
];

export const MARK_STATEMENTS_POSTGRES: readonly string[] = [
  `CREATE TABLE marked_study (
    study_instance_uid TEXT COLLATE "C" NOT NULL, facility TEXT COLLATE "C" NOT NULL, position BIGINT NOT NULL, marks BIGINT NOT NULL,
    PRIMARY KEY (study_instance_uid, facility))`,
  `CREATE TABLE mark (
    study_instance_uid TEXT COLLATE "C" NOT NULL, facility TEXT COLLATE "C" NOT NULL, id TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (study_instance_uid, facility, id))`,
  'CREATE UNIQUE INDEX mark_position ON mark (study_instance_uid, facility, position)',
];
