import { type ByteSource, DicomError, type InspectedObject } from '@filmless/dicom';
import type { Envelope } from './envelope.ts';
import { ArchiveError } from './errors.ts';
import type { Inspecting } from './inspecting.ts';
import type { ObjectStore } from './object-store.ts';

/** A kept object as random access bytes. @throws ArchiveError `not-found` */
async function keptSource(objects: ObjectStore, objectKey: string): Promise<ByteSource> {
  const size = await objects.size(objectKey);
  if (size === undefined) {
    throw new ArchiveError('not-found', `object ${objectKey} is missing from the store`);
  }
  return { size, read: (offset, length) => objects.readBytes(objectKey, { offset, length }) };
}

/** A kept object, and where it came from: that says how its texts are read. */
export interface KeptObject {
  readonly objectKey: string;
  readonly source: Envelope['source'];
}

/** Looks at a kept object once more, as `Inspecting` does. @throws ArchiveError `not-found`, `store-away` (what was kept cannot be read) */
export async function inspectKept<T>(
  inspecting: Inspecting,
  objects: ObjectStore,
  { objectKey, source }: KeptObject,
  use: (object: InspectedObject) => T | Promise<T>,
): Promise<T> {
  try {
    return await inspecting.inspect(await keptSource(objects, objectKey), source.characterSet, use);
  } catch (error) {
    if (error instanceof DicomError) {
      throw new ArchiveError('store-away', `object ${objectKey} was kept and cannot be read: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

/**
 * Puts the inflated derivative of a deflated object into the store when it is missing there, or is not the one that the
 * object's offsets count in: an earlier version may have written other file meta information before it. Gives its key.
 */
export async function ensureInflated(
  objects: ObjectStore,
  objectKey: string,
  { inflated }: InspectedObject,
): Promise<string | null> {
  if (inflated === undefined) {
    return null;
  }
  const key = objects.derivedKey(objectKey);
  const size = await objects.size(key);
  return size === inflated.bytes.byteLength ? key : await objects.putDerived(objectKey, inflated.bytes);
}
