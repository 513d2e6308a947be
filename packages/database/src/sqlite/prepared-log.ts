import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { DATABASE_LIMITS } from '../limits.ts';
import type { Connection } from './connection.ts';

/** SQLite's write-ahead log: a header, and for each page a header of its own. sqlite.org/fileformat2.html 4.1. */
const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const ZEROS = Buffer.alloc(1024 * 1024);

/**
 * Gives the write-ahead log of an open database the length it will have under load. A commit that makes a file longer waits for
 * the journal of the file system, and so for everything else that is being written; one that overwrites does not.
 * Zeros are no frames: SQLite takes a log of them for empty, and one that goes on with them for ended. When the disk does not take
 * them the log is left as it was, and grows by itself.
 */
export function prepareLog(connection: Connection, file: string): void {
  try {
    const page = Number(connection.raw.pragma('page_size', { simple: true }));
    // NOTE: who may commit is the only one who may write to the log: another process could be doing it just behind its end.
    connection.exec('BEGIN IMMEDIATE');
    lengthen(`${file}-wal`, LOG_HEADER_BYTES + DATABASE_LIMITS.mostLogPages * (FRAME_HEADER_BYTES + page));
  } catch {
    // Slower, and nothing else.
  } finally {
    if (connection.inTransaction) {
      connection.exec('ROLLBACK');
    }
  }
}

function lengthen(path: string, wanted: number): void {
  // NOTE: locks of a process go when it closes any descriptor of the locked file; SQLite locks the database and never its log.
  const log = openSync(path, 'r+');
  try {
    const before = fstatSync(log).size;
    try {
      for (let size = before; size < wanted; ) {
        size += writeSync(log, ZEROS, 0, Math.min(ZEROS.length, wanted - size), size);
      }
      fdatasyncSync(log);
    } catch (error) {
      // What is left of a disk is for images and commits.
      ftruncateSync(log, before);
      throw error;
    }
  } finally {
    closeSync(log);
  }
}
