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
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
