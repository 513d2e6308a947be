import fs from 'node:fs';
import { ALIGNMENT, alignedMemory, isAligned } from './aligned-memory.ts';
import { Descriptor } from './descriptor.ts';
import type { NewFile } from './disk.ts';
import { systemCode } from './disk-error.ts';
import { promised } from './promised.ts';
import { Turns } from './turns.ts';
import { writeAll } from './write-all.ts';

/** Longest end of an object that is copied to be written: a block of the reception's memory, and a footer. */
const END_BYTES = 17 * 16_384;
/** Objects whose ends are being written. */
const ENDS_AT_ONCE = 8;

const turns = new Turns(ENDS_AT_ONCE);
const ends: Uint8Array[] = [];

const SYNCED = fs.constants.O_WRONLY | fs.constants.O_DSYNC;

/**
 * A file whose writes are synced and go past the page cache (O_DSYNC, O_DIRECT): straight from memory to the disk, half the work of
 * the system, and what is on its way to the archive pushes nothing out of the cache that somebody reads. What is not aligned, and
 * whatever a file system does not take this way, goes through the cache.
 */
export function directFile(fd: number, path: string): NewFile {
  const descriptor = new Descriptor(fd);
  let length = 0;
  return {
    write: (pieces) =>
      descriptor.use(async (open) => {
        await write({ fd: open, path, at: length }, pieces);
        length += lengthOf(pieces);
      }),
    sync: () => Promise.resolve(),
    close: () => descriptor.close(),
  };
}

/** Where bytes go. */
interface Place {
  readonly fd: number;
  readonly path: string;
  readonly at: number;
}

async function write(place: Place, pieces: readonly Uint8Array[]): Promise<void> {
  const first = pieces.findIndex((piece) => !isAligned(piece));
  const whole = first === -1 ? pieces : pieces.slice(0, first);
  const rest = first === -1 ? [] : pieces.slice(first);
  const length = lengthOf(rest);
  if (length === 0) {
    await writeDirect(place, whole);
  } else if (length > END_BYTES || length % ALIGNMENT !== 0) {
    await writeFrom(place.at, pieces, (some, at) => throughCache(place.path, some, at));
  } else {
    await turns.run(() => withEnd(rest, length, (end) => writeDirect(place, [...whole, end])));
  }
}

/** NOTE: after a failure the system may still read from the copy: it is not used again. */
async function withEnd(rest: readonly Uint8Array[], length: number, use: (end: Uint8Array) => Promise<void>): Promise<void> {
  const memory = ends.pop() ?? alignedMemory(END_BYTES);
  let at = 0;
  for (const piece of rest) {
    memory.set(piece, at);
    at += piece.byteLength;
  }
  await use(memory.subarray(0, length));
  ends.push(memory);
}

async function writeDirect({ fd, path, at: begin }: Place, pieces: readonly Uint8Array[]): Promise<void> {
  await writeFrom(begin, pieces, async (some, at) => {
    try {
      return await promised<number>((done) => fs.writev(fd, some, at, done));
    } catch (error) {
      if (systemCode(error) !== 'EINVAL') {
        throw error;
      }
      return await throughCache(path, some, at);
    }
  });
}

async function throughCache(path: string, pieces: readonly Uint8Array[], at: number): Promise<number> {
  const fd = await promised<number>((done) => fs.open(path, SYNCED, done));
  try {
    return await promised<number>((done) => fs.writev(fd, pieces, at, done));
  } finally {
    fs.closeSync(fd);
  }
}

async function writeFrom(
  begin: number,
  pieces: readonly Uint8Array[],
  writeAt: (some: readonly Uint8Array[], at: number) => Promise<number>,
): Promise<void> {
  let at = begin;
  await writeAll(pieces, async (some) => {
    const written = await writeAt(some, at);
    at += written;
    return written;
  });
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
