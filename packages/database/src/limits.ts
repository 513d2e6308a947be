/** Bounds of the database threads. Rows in docs/limits.md. */
export const DATABASE_LIMITS = {
  /** Milliseconds after which a batch is committed though more calls wait. */
  batchMs: 5,
  batchCalls: 256,
  /** Prepared statements kept by a connection. */
  statements: 500,
  /** KiB of pages the connection that writes keeps in memory, and one that only reads. */
  writerCache: 8000,
  readerCache: 4000,
  /** Bytes the write-ahead log keeps on disk once it was copied into the file. */
  logBytes: 67_108_864,
  /** Pages of the log that wait for a quiet moment to be copied into the file. */
  logPages: 1000,
  /** Pages of the log that are copied at once, quiet or not. */
  mostLogPages: 4000,
  /** Milliseconds without a commit that count as quiet. */
  quietMs: 200,
  /** Milliseconds a query may take before a further reader is started for those behind it. */
  longQueryMs: 50,
  /** Milliseconds to wait for another process that holds the file. */
  lockMs: 10_000,
  /** Copies from before an upgrade that are kept beside a database. */
  copies: 2,
} as const;
