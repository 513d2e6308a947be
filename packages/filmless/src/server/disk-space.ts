import { statfs } from 'node:fs/promises';
import { SERVER_LIMITS } from '../limits.ts';

const GIBIBYTE = 1024 ** 3;

/** Says when the disk runs full, before it refuses images. */
export async function diskProblems(folder: string): Promise<readonly string[]> {
  const free = await freeBytes(folder);
  return free >= SERVER_LIMITS.freeBytes
    ? []
    : [
        `The disk of the data directory has only ${(free / GIBIBYTE).toFixed(1)} GiB left. Free some space or give it a larger disk.`,
      ];
}

/** Says so while there is time to do something about it. */
export async function diskWarnings(
  folder: string,
  what: 'data directory' | 'images' = 'data directory',
): Promise<readonly string[]> {
  const free = await freeBytes(folder);
  return free < SERVER_LIMITS.freeBytes || free >= SERVER_LIMITS.lowBytes
    ? []
    : [
        `The disk of the ${what} has ${(free / GIBIBYTE).toFixed(1)} GiB left; below 1 GiB no image is taken. Free some space or give it a larger disk.`,
      ];
}

async function freeBytes(folder: string): Promise<number> {
  return (await roomOf(folder)).free;
}

/** A disk; bytes. */
export interface Room {
  readonly free: number;
  readonly total: number;
}

/** The disk that a folder lies on, without what it keeps for the administrator of the machine. */
export async function roomOf(folder: string): Promise<Room> {
  const { bavail, bfree, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, total: (blocks - bfree + bavail) * bsize };
}
