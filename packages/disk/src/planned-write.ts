import fs from 'node:fs';
import { ALIGNMENT, alignedMemory, isAligned } from './aligned-memory.ts';
import { copyInto } from './copy-into.ts';
import { systemCode } from './disk-error.ts';
import { lengthOf } from './pieces.ts';
import { promised } from './promised.ts';
import { Turns } from './turns.ts';
import { writeAll } from './write-all.ts';

/**
 * All that is to be in a file that is open and empty, as plain values: any thread can write it. Until that is done the file must stay open,
 * and what lies in shared memory must not change.
 */
export interface PlannedWrite {
  readonly fd: number;
  readonly path: string;
  /** Whether the file syncs each of its writes. */
  readonly synced: boolean;
  readonly pieces: readonly Uint8Array[];
}

/** Longest end of an object that is copied to be written: a block of the reception's memory, and a footer. */
const END_BYTES = 17 * 16_384;
/** Objects whose ends are being written. */
const ENDS_AT_ONCE = 8;

/** NOTE: of each thread its own. */
const turns = new Turns(ENDS_AT_ONCE);
const ends: Uint8Array[] = [];

/**
 * Writes it; on disk when it resolves. What is aligned goes past the page cache (O_DIRECT), straight from memory to the disk: half the
 * work of the system, and nothing is pushed out of the cache that somebody reads. What is not, and whatever a file system does not
 * take this way, goes through the cache.
 * @throws the system's error (`code`: ENOSPC, EIO, …)
 */
export async function writePlanned({ fd, path, synced, pieces }: PlannedWrite): Promise<void> {
  const first = pieces.findIndex((piece) => !isAligned(piece));
  const whole = first === -1 ? pieces : pieces.slice(0, first);
  const rest = first === -1 ? [] : pieces.slice(first);
  const length = lengthOf(rest);
  if (length > END_BYTES || length % ALIGNMENT !== 0) {
    await throughCache(path, pieces);
  } else if (length === 0) {
    await direct(fd, path, whole);
  } else {
    await turns.run(() => withEnd(rest, length, (end) => direct(fd, path, [...whole, end])));
  }
  if (!synced) {
    await promised<void>((done) => fs.fdatasync(fd, done));
  }
}

/** NOTE: after a failure the system may still read from the copy: it is not used again. */
async function withEnd(rest: readonly Uint8Array[], length: number, use: (end: Uint8Array) => Promise<void>): Promise<void> {
  const memory = ends.pop() ?? alignedMemory(END_BYTES);
  let at = 0;
  for (const piece of rest) {
    copyInto(memory, piece, at);
    at += piece.byteLength;
  }
  await use(memory.subarray(0, length));
  ends.push(memory);
}

async function direct(fd: number, path: string, pieces: readonly Uint8Array[]): Promise<void> {
  try {
    await writeAt(fd, pieces);
  } catch (error) {
    if (systemCode(error) !== 'EINVAL') {
      throw error;
    }
    await throughCache(path, pieces);
  }
}

async function throughCache(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const fd = await promised<number>((done) => fs.open(path, fs.constants.O_WRONLY, done));
  try {
    await writeAt(fd, pieces);
    await promised<void>((done) => fs.fdatasync(fd, done));
  } finally {
    fs.closeSync(fd);
  }
}

/** From the beginning of the file on. */
async function writeAt(fd: number, pieces: readonly Uint8Array[]): Promise<void> {
  await writeAll(pieces, (rest, at) => promised<number>((done) => fs.writev(fd, rest, at, done)));
}
