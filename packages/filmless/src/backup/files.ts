import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** Hexadecimal SHA-256 of a file. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Waits until a file, or a folder's entries, are on the disk. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function copySynced(from: string, to: string): Promise<void> {
  await copyFile(from, to);
  await sync(to);
}

/** `20261122T084512Z`. */
export function stamp(time: Date): string {
  return `${time.toISOString().replace(/[-:]|\.\d+/g, '')}`;
}
