/** A process that is at work. */
interface RunTable {
  readonly id: string;
  readonly beat: number;
  readonly seen_until: string;
}

interface EndedRunTable {
  readonly id: string;
  readonly seen_until: string;
}

/** A lock: it holds as long as its run is one that is at work. */
interface ClaimTable {
  readonly name: string;
  readonly run: string;
}

/** What a process told the others. */
interface NewsTable {
  readonly run: string;
  readonly sequence: number;
  /** JSON. */
  readonly changes: string;
}

export interface ProcessTables {
  readonly run: RunTable;
  readonly ended_run: EndedRunTable;
  readonly claim: ClaimTable;
  readonly news: NewsTable;
}

export const PROCESS_STATEMENTS: readonly string[] = [
  'CREATE TABLE run (id TEXT PRIMARY KEY, beat INTEGER NOT NULL, seen_until TEXT NOT NULL) STRICT, WITHOUT ROWID',
  'CREATE TABLE ended_run (id TEXT PRIMARY KEY, seen_until TEXT NOT NULL) STRICT, WITHOUT ROWID',
  'CREATE TABLE claim (name TEXT PRIMARY KEY, run TEXT NOT NULL) STRICT, WITHOUT ROWID',
  `CREATE TABLE news (run TEXT NOT NULL, sequence INTEGER NOT NULL, changes TEXT NOT NULL, PRIMARY KEY (run, sequence))
    STRICT, WITHOUT ROWID`,
];

export const PROCESS_STATEMENTS_POSTGRES: readonly string[] = [
  'CREATE TABLE run (id TEXT COLLATE "C" PRIMARY KEY, beat BIGINT NOT NULL, seen_until TEXT COLLATE "C" NOT NULL)',
  'CREATE TABLE ended_run (id TEXT COLLATE "C" PRIMARY KEY, seen_until TEXT COLLATE "C" NOT NULL)',
  'CREATE TABLE claim (name TEXT COLLATE "C" PRIMARY KEY, run TEXT COLLATE "C" NOT NULL)',
  `CREATE TABLE news (run TEXT COLLATE "C" NOT NULL, sequence BIGINT NOT NULL, changes TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (run, sequence))`,
];
