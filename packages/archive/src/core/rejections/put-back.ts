import { conflictRecord } from '../conflict-record.ts';
import { type Dependencies, issuerOf } from '../dependencies.ts';
import type { Inspecting } from '../inspecting.ts';
import { ensureInflated, inspectKept } from '../kept-object.ts';
import { lookedAt } from '../looked-at.ts';
import { newInstance } from '../new-instance.ts';

/**
 * Puts a kept object back into the index. Where another has taken its place meanwhile, a person decides, as of any two; a copy of what
 * is there is not needed. May be done again.
 */
export async function putBack(
  dependencies: Dependencies,
  inspecting: Inspecting,
  objectKey: string,
  facility: string,
): Promise<void> {
  const { index, objects, records } = dependencies;
  const envelope = await objects.envelope(objectKey);
  const owner = { facility, issuer: issuerOf(dependencies, facility) };
  const instance = await inspectKept(inspecting, objects, { objectKey, source: envelope.source }, async (object) => {
    const inflated = await ensureInflated(objects, objectKey, object);
    return newInstance(lookedAt(object), envelope, { object: objectKey, inflated }, owner);
  });
  const added = await index.add(instance);
  if (added.status === 'different' || added.status === 'foreign') {
    await records.addConflict(conflictRecord(envelope, objectKey, added));
  } else if (added.status === 'identical' && (await index.peek(envelope.sopInstanceUid))?.objectKey !== objectKey) {
    await objects.delete(objectKey);
  }
}
