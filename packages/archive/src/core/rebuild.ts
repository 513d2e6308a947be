import { asideKey, conflictRecord } from './conflict-record.ts';
import { type Dependencies, issuerOf } from './dependencies.ts';
import { Inspecting } from './inspecting.ts';
import { ensureInflated, inspectKept, readEnvelope } from './kept-object.ts';
import { newInstance } from './new-instance.ts';
import { ENVELOPE, objectOfEnvelope } from './object-key.ts';
import type { ConflictRecord } from './records-port.ts';
import { Slots } from './slots.ts';

type Needs = Pick<Dependencies, 'index' | 'records' | 'objects' | 'facilities' | 'log' | 'limits'>;

export interface Rebuilt {
  readonly instances: number;
  /** Objects that could not be read, or that the index took for another's copy, by key with the reason. */
  readonly left: readonly { readonly objectKey: string; readonly reason: string }[];
}

const AT_ONCE = 8;
const PAGE = 500;
/** Reasons kept for the report; the log has all. */
const MAX_LEFT = 1_000;

/**
 * Fills an empty index from objects, envelopes and records. The order of the objects does not matter: what describes a study is
 * the instance received first, not the one indexed first.
 * @throws ArchiveError `store-away`
 */
export async function rebuildIndex(dependencies: Needs): Promise<Rebuilt> {
  const decided = await decisions(dependencies);
  const slots = new Slots(AT_ONCE);
  const inspecting = new Inspecting(dependencies.limits.deflatedAtOnce);
  const left: { objectKey: string; reason: string }[] = [];
  const running = new Set<Promise<void>>();
  let instances = 0;
  for await (const envelopeKey of dependencies.objects.list(ENVELOPE)) {
    const objectKey = objectOfEnvelope(envelopeKey);
    if (decided.aside.has(objectKey)) {
      continue;
    }
    const work = slots
      .run(async () => {
        const reason = await indexOne(dependencies, inspecting, objectKey, decided);
        if (reason === undefined) {
          instances += 1;
        } else {
          dependencies.log.warn({ objectKey, reason }, 'object-not-indexed');
          left.splice(MAX_LEFT);
          left.push({ objectKey, reason });
        }
      })
      .finally(() => running.delete(work));
    running.add(work);
    if (running.size >= 2 * AT_ONCE) {
      await Promise.race(running);
    }
  }
  await Promise.all(running);
  await mirrorConflicts(dependencies, decided.studies);
  return { instances, left };
}

interface Decisions {
  /** Objects that are not the ones kept. */
  readonly aside: ReadonlySet<string>;
  /** Owners of objects that came from another facility and were accepted. */
  readonly owners: ReadonlyMap<string, string>;
  /** Studies whose open conflicts are counted at the end. */
  readonly studies: Set<string>;
}

async function decisions({ records }: Needs): Promise<Decisions> {
  const aside = new Set<string>();
  const owners = new Map<string, string>();
  const studies = new Set<string>();
  let after = '';
  for (;;) {
    const page: readonly ConflictRecord[] = await records.conflictsIn(['open', 'resolving', 'existing', 'new'], after, PAGE);
    for (const record of page) {
      studies.add(record.studyInstanceUid);
      const isNew = record.state === 'new' || record.state === 'resolving';
      if (isNew) {
        owners.set(record.newKey, record.facility);
      }
      if (!isNew || record.existingKey !== null) {
        aside.add(asideKey({ ...record, state: isNew ? 'new' : record.state }));
      }
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) {
      return { aside, owners, studies };
    }
    after = last.id;
  }
}

/** Gives the reason when the object was not indexed. */
async function indexOne(
  dependencies: Needs,
  inspecting: Inspecting,
  objectKey: string,
  decided: Decisions,
): Promise<string | undefined> {
  try {
    const envelope = await readEnvelope(dependencies.objects, objectKey);
    const facility = decided.owners.get(objectKey) ?? envelope.source.facility;
    const owner = { facility, issuer: issuerOf(dependencies, facility) };
    const instance = await inspectKept(inspecting, dependencies.objects, objectKey, async (object) => {
      await ensureInflated(dependencies.objects, objectKey, object);
      return newInstance(object, envelope, objectKey, owner);
    });
    const added = await dependencies.index.add(instance);
    if (added.status === 'different' || added.status === 'foreign') {
      const conflict = conflictRecord(envelope, objectKey, added);
      decided.studies.add(conflict.studyInstanceUid);
      await dependencies.records.addConflict(conflict);
    }
    return added.status === 'new' ? undefined : added.status;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function mirrorConflicts({ index, records }: Needs, studies: ReadonlySet<string>): Promise<void> {
  for (const study of studies) {
    await index.setConflicts(study, await records.countOpen(study));
  }
}
