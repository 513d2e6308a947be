import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Disk, OpenFile } from '@filmless/disk';
import { type DecodedFooter, readFooter } from '../core/footer.ts';
import type { DerivedKind, FoundObject } from '../core/object-store.ts';
import { readFile } from './file-reader.ts';
import { errorCode, storeError } from './store-error.ts';

export const OBJECT = '.dcm';
export const DERIVED_KINDS: readonly DerivedKind[] = ['inflated', 'progressive'];
export const TEMPORARY = '.tmp';

/** Footers read at a time when a start looks through the store. */
const FOOTERS_AT_ONCE = 16;
/** Bytes hashed at a time. */
const HASHED_BYTES = 1_048_576;

const RUN = /^r[0-9a-z]{8,32}$/;
const PART = /^\d{4,}$/;

export async function footerIn(file: OpenFile, key: string): Promise<DecodedFooter> {
  return await readFooter((offset, length) => readFile(file, { offset, length }), file.size, key);
}

/** All parts of all runs, `<run>/<part>`, the oldest run first. */
export async function* partNames(disk: Disk, root: string): AsyncGenerator<string, void> {
  for (const run of await folders(disk, root, RUN)) {
    for (const part of await folders(disk, join(root, run), PART)) {
      yield `${run}/${part}`;
    }
  }
}

async function folders(disk: Disk, path: string, form: RegExp): Promise<readonly string[]> {
  const entries = await disk.list(path);
  return entries.flatMap(({ name, kind }) => (kind === 'folder' && form.test(name) ? [name] : [])).sort();
}

export async function keysIn(disk: Disk, root: string, part: string): Promise<readonly string[]> {
  const entries = await disk.list(join(root, part));
  return entries.flatMap(({ name, kind }) => (kind === 'file' && name.endsWith(OBJECT) ? [`${part}/${name}`] : []));
}

/** Removes from a part what a put that was cut off may leave beside objects: halves of derivatives, and those of no object. */
export async function tidy(disk: Disk, root: string, part: string): Promise<void> {
  const names = (await disk.list(join(root, part))).map(({ name }) => name);
  const objects = new Set(names.filter((name) => name.endsWith(OBJECT)));
  const isStray = (name: string) => {
    const kind = DERIVED_KINDS.find((one) => name.endsWith(`.${one}`));
    return name.endsWith(TEMPORARY) || (kind !== undefined && !objects.has(name.slice(0, -kind.length - 1) + OBJECT));
  };
  for (const name of names.filter(isStray)) {
    await disk.remove(join(root, part, name));
  }
}

/** What stands in the footers of objects. `closely`: their bytes are held against their hash, too. */
export async function* look(
  disk: Disk,
  root: string,
  keys: readonly string[],
  closely: boolean,
): AsyncGenerator<FoundObject, void> {
  for (let at = 0; at < keys.length; at += FOOTERS_AT_ONCE) {
    const some = keys.slice(at, at + FOOTERS_AT_ONCE);
    const found = await Promise.all(some.map((key) => lookAt(disk, join(root, key), key, closely)));
    yield* found.filter((one) => one !== undefined);
  }
}

async function lookAt(disk: Disk, path: string, key: string, closely: boolean): Promise<FoundObject | undefined> {
  try {
    const file = await disk.open(path);
    try {
      if (file.size === 0) {
        return { objectKey: key, broken: 'empty', reason: 'it was made ahead and never written' };
      }
      const footer = await footerIn(file, key);
      if ('broken' in footer) {
        return { objectKey: key, ...footer };
      }
      const [member] = footer.members;
      if (member === undefined || footer.members.length > 1) {
        return { objectKey: key, broken: 'unknown', reason: 'the file is a pack of several objects' };
      }
      const { envelope } = member;
      const whole = !closely || (await hashOf(file, envelope.dataSetOffset, envelope.size)) === envelope.sha256;
      return whole
        ? { objectKey: key, envelope }
        : { objectKey: key, broken: 'torn', reason: 'its bytes are not those received' };
    } finally {
      await file.close();
    }
  } catch (error) {
    // One that cannot be read must not keep the others from being found.
    return errorCode(error) === 'ENOENT'
      ? undefined
      : { objectKey: key, broken: 'unknown', reason: storeError(error, 'the file could not be read').message };
  }
}

async function hashOf(file: OpenFile, from: number, to: number): Promise<string> {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafeSlow(Math.max(0, Math.min(HASHED_BYTES, to - from)));
  for (let at = from; at < to; ) {
    const read = await file.read(buffer.subarray(0, Math.min(buffer.byteLength, to - at)), at);
    if (read === 0) {
      break;
    }
    hash.update(buffer.subarray(0, read));
    at += read;
  }
  return hash.digest('hex');
}
