import { type ByteSource, DicomError, type InspectedObject } from '@filmless/dicom';
import { type Envelope, parseEnvelope } from './envelope.ts';
import { ArchiveError } from './errors.ts';
import type { Inspecting } from './inspecting.ts';
import { keysOf } from './object-key.ts';
import type { ObjectStore } from './object-store.ts';

/** An envelope is some 1 kB; the names in it are bounded by their senders. */
const MAX_ENVELOPE_BYTES = 1024 * 1024;

/** A kept object as random access bytes. @throws ArchiveError `not-found` */
async function keptSource(objects: ObjectStore, objectKey: string): Promise<ByteSource> {
  const size = await objects.size(objectKey);
  if (size === undefined) {
    throw new ArchiveError('not-found', `object ${objectKey} is missing from the store`);
  }
  return { size, read: (offset, length) => objects.readBytes(objectKey, { offset, length }) };
}

/** @throws ArchiveError `not-found`, `store-away` */
export async function readEnvelope(objects: ObjectStore, objectKey: string): Promise<Envelope> {
  return parseEnvelope(await readEnvelopeBytes(objects, objectKey), keysOf(objectKey).envelope);
}

/** @throws ArchiveError `not-found`, `store-away` */
export async function readEnvelopeBytes(objects: ObjectStore, objectKey: string): Promise<Uint8Array> {
  return await objects.readBytes(keysOf(objectKey).envelope, { offset: 0, length: MAX_ENVELOPE_BYTES });
}

/** Looks at a kept object once more, as `Inspecting` does. @throws ArchiveError `not-found`, `store-away` (what was kept cannot be read) */
export async function inspectKept<T>(
  inspecting: Inspecting,
  objects: ObjectStore,
  objectKey: string,
  use: (object: InspectedObject) => T | Promise<T>,
): Promise<T> {
  try {
    return await inspecting.inspect(await keptSource(objects, objectKey), use);
  } catch (error) {
    if (error instanceof DicomError) {
      throw new ArchiveError('store-away', `object ${objectKey} was kept and cannot be read: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

/**
 * Puts the inflated derivative of a deflated object into the store when it is missing there, or is not the one that the
 * object's offsets count in: an earlier version may have written other file meta information before it.
 */
export async function ensureInflated(objects: ObjectStore, objectKey: string, { inflated }: InspectedObject): Promise<void> {
  const key = keysOf(objectKey).inflated;
  if (inflated !== undefined && (await objects.size(key)) !== inflated.bytes.byteLength) {
    await objects.put([{ key, bytes: inflated.bytes }]);
  }
}

/** Removes an object with all that goes with it. */
export async function deleteKept(objects: ObjectStore, objectKey: string): Promise<void> {
  const keys = keysOf(objectKey);
  await Promise.all([objects.delete(keys.object), objects.delete(keys.envelope), objects.delete(keys.inflated)]);
}
