import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import { parseS3Url } from '../../src/objects/open-object-store.ts';
import { S3Client } from '../../src/objects/s3-client.ts';
import { S3Store } from '../../src/objects/s3-store.ts';

/** SOP Instance UIDs of all instances in a bucket, those twice that lie there twice. `url` is a value of `--store`. */
export async function instancesIn(url: string): Promise<readonly string[]> {
  await using store = await S3Store.open(parseS3Url(url), ARCHIVE_LIMITS);
  const found = await Array.fromAsync(store.objects());
  return found.map((one) => ('envelope' in one ? one.envelope.sopInstanceUid : `${one.objectKey}: ${one.reason}`));
}

/** Copies all files of a folder into a bucket, under their paths. */
export async function copyIntoBucket(folder: string, url: string): Promise<void> {
  using client = await S3Client.open(parseS3Url(url), ARCHIVE_LIMITS.storeAnswerMs);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((one) => one.isFile())) {
    const file = join(entry.parentPath, entry.name);
    await client.put(relative(folder, file).replaceAll(sep, '/'), await readFile(file));
  }
}
