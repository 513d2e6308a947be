import { statfs } from 'node:fs/promises';
import { SERVER_LIMITS } from '../limits.ts';

const GIBIBYTE = 1024 ** 3;

/** Says when the disk runs full, before it refuses images. */
export async function diskProblems(folder: string): Promise<readonly string[]> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  return free >= SERVER_LIMITS.freeBytes
    ? []
    : [
        `The disk of the data directory has only ${(free / GIBIBYTE).toFixed(1)} GiB left. Free some space or give it a larger disk.`,
      ];
}
