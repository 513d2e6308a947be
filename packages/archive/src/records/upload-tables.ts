/** An upload that comes in pieces, where several processes take it in. Times are milliseconds since 1970. */
export interface UploadTable {
  readonly id: string;
  readonly owner: string;
  /** `UploadRecord` without what may change, as JSON. */
  readonly document: string;
  readonly length: number;
  readonly position: number;
  /** The request that adds to it. */
  readonly writer: string;
  readonly touched_at: number;
  /** JSON, once it is whole. */
  readonly outcome: string | null;
}

interface UploadPieceTable {
  readonly upload: string;
  readonly position: number;
  readonly length: number;
  readonly object_key: string;
}

export interface UploadTables {
  readonly upload: UploadTable;
  readonly upload_piece: UploadPieceTable;
}

export const UPLOAD_STATEMENTS: readonly string[] = [
  `CREATE TABLE upload (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, document TEXT NOT NULL, length INTEGER NOT NULL, position INTEGER NOT NULL,
    writer TEXT NOT NULL, touched_at INTEGER NOT NULL, outcome TEXT) STRICT, WITHOUT ROWID`,
  `CREATE TABLE upload_piece (
    upload TEXT NOT NULL REFERENCES upload (id) ON DELETE CASCADE, position INTEGER NOT NULL, length INTEGER NOT NULL,
    object_key TEXT NOT NULL, PRIMARY KEY (upload, position)) STRICT, WITHOUT ROWID`,
];

export const UPLOAD_STATEMENTS_POSTGRES: readonly string[] = [
  `CREATE TABLE upload (
    id TEXT COLLATE "C" PRIMARY KEY, owner TEXT COLLATE "C" NOT NULL, document TEXT COLLATE "C" NOT NULL, length BIGINT NOT NULL,
    position BIGINT NOT NULL, writer TEXT COLLATE "C" NOT NULL, touched_at BIGINT NOT NULL, outcome TEXT COLLATE "C")`,
  `CREATE TABLE upload_piece (
    upload TEXT COLLATE "C" NOT NULL REFERENCES upload (id) ON DELETE CASCADE, position BIGINT NOT NULL, length BIGINT NOT NULL,
    object_key TEXT COLLATE "C" NOT NULL, PRIMARY KEY (upload, position))`,
];
