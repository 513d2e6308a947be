import { closeSync, fdatasyncSync, fstatSync, openSync, writeSync } from 'node:fs';
import { DATABASE_LIMITS } from '../limits.ts';

/** SQLite's write-ahead log: a header, and for each page a header of its own. sqlite.org/fileformat2.html 4.1. */
const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const ZEROS = Buffer.alloc(1024 * 1024);

/**
 * Gives the write-ahead log of an open, empty log the length it will have under load. A commit that makes a file longer waits for
 * the journal of the file system, and so for everything else that is being written; one that overwrites does not.
 * Zeros are no frames: SQLite takes such a log for empty. When the disk does not take them the log grows by itself.
 */
export function prepareLog(file: string, pageBytes: number): void {
  const wanted = LOG_HEADER_BYTES + DATABASE_LIMITS.mostLogPages * (FRAME_HEADER_BYTES + pageBytes);
  let log: number | undefined;
  try {
    // NOTE: locks of a process go when it closes any descriptor of the locked file; SQLite locks the database and never its log.
    log = openSync(`${file}-wal`, 'r+');
    for (let size = fstatSync(log).size; size < wanted; ) {
      size += writeSync(log, ZEROS, 0, Math.min(ZEROS.length, wanted - size), size);
    }
    fdatasyncSync(log);
  } catch {
    // Slower, and nothing else.
  } finally {
    if (log !== undefined) {
      closeSync(log);
    }
  }
}
