import { asideKey, conflictRecord } from './conflict-record.ts';
import { type Dependencies, issuerOf } from './dependencies.ts';
import { Inspecting } from './inspecting.ts';
import { ensureInflated, inspectKept } from './kept-object.ts';
import { lookedAt } from './looked-at.ts';
import { newInstance } from './new-instance.ts';
import type { ConflictRecord } from './records-port.ts';
import type { RejectedInstance, Rejection } from './rejections/model.ts';
import { several } from './several.ts';

type Needs = Pick<Dependencies, 'index' | 'records' | 'objects' | 'facilities' | 'log' | 'limits'>;

export interface Rebuilt {
  readonly instances: number;
  /** Objects that could not be read, or that the index took for another's copy, by key with the reason. */
  readonly left: readonly { readonly objectKey: string; readonly reason: string }[];
}

const AT_ONCE = 8;
const PAGE = 500;
/** The same data set is indexed already, as another object. */
const IDENTICAL = 'identical';
/** Reasons kept for the report; the log has all. */
const MAX_LEFT = 1_000;

/**
 * Fills an empty index from objects, envelopes and records, in the order in which the objects were received: who sent a study
 * first owns it, and of two objects with one UID the first is shown, also where no record says so any more.
 * @throws ArchiveError `store-away`
 */
export async function rebuildIndex(dependencies: Needs): Promise<Rebuilt> {
  const inspecting = new Inspecting(dependencies.limits.deflatedAtOnce);
  const decided = await decisions(dependencies);
  const left: { objectKey: string; reason: string }[] = [];
  const leave = async (objectKey: string, reason: string): Promise<void> => {
    dependencies.log.warn({ objectKey, reason }, 'object-not-indexed');
    left.splice(MAX_LEFT);
    left.push({ objectKey, reason });
    // NOTE: it may have been acknowledged: from now on the index does not know it, and a start must not remove it for that.
    if (reason !== IDENTICAL) {
      await dependencies.index.leaveOut(objectKey, reason);
    }
  };
  let instances = 0;
  let turn = Promise.resolve();
  await several(await inOrder(dependencies, decided.aside, leave), AT_ONCE, async (objectKey) => {
    const before = turn;
    const issued = Promise.withResolvers<void>();
    turn = issued.promise;
    const reason = await indexOne(dependencies, inspecting, objectKey, decided, { before, issued: issued.resolve });
    if (reason === undefined) {
      instances += 1;
    } else {
      await leave(objectKey, reason);
    }
  });
  await mirrorConflicts(dependencies, decided.studies);
  return { instances, left };
}

/** Keys of the objects that are not aside, the one received first first. */
async function inOrder(
  { objects }: Needs,
  aside: ReadonlySet<string>,
  leave: (objectKey: string, reason: string) => Promise<void>,
): Promise<Iterable<string>> {
  // One text an object, as small as it gets: there may be millions.
  const received: string[] = [];
  for await (const found of objects.objects()) {
    if ('broken' in found) {
      await leave(found.objectKey, found.reason);
    } else if (!aside.has(found.objectKey)) {
      received.push(`${found.envelope.receivedAt} ${found.objectKey}`);
    }
  }
  received.sort();
  return received.values().map((line) => line.slice(line.indexOf(' ') + 1));
}

interface Decisions {
  /** Objects that are not the ones kept. */
  readonly aside: ReadonlySet<string>;
  /** Owners of objects that came from another facility and were accepted. */
  readonly owners: ReadonlyMap<string, string>;
  /** Studies whose open conflicts are counted at the end. */
  readonly studies: Set<string>;
}

/** Of what was rejected or deleted; what is being restored is put back by the next start. */
async function* hiddenObjects({ rejections }: Needs['records']): AsyncGenerator<string, void> {
  for (let after: string | undefined = ''; after !== undefined; ) {
    const page: readonly Rejection[] = await rejections.inStates(['hiding', 'hidden', 'restoring', 'removing'], after, PAGE);
    for (const { id } of page) {
      for (let key: string | undefined = ''; key !== undefined; ) {
        const objects: readonly RejectedInstance[] = await rejections.instances(id, key, PAGE);
        yield* objects.map(({ objectKey }) => objectKey);
        key = objects.length < PAGE ? undefined : objects.at(-1)?.objectKey;
      }
    }
    after = page.length < PAGE ? undefined : page.at(-1)?.id;
  }
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
      break;
    }
    after = last.id;
  }
  for await (const objectKey of hiddenObjects(records)) {
    aside.add(objectKey);
  }
  return { aside, owners, studies };
}

/** Objects are read side by side, and given to the index one behind the other. */
interface Turn {
  readonly before: Promise<void>;
  readonly issued: () => void;
}

/** Gives the reason when the object was not indexed. */
async function indexOne(
  dependencies: Needs,
  inspecting: Inspecting,
  objectKey: string,
  decided: Decisions,
  turn: Turn,
): Promise<string | undefined> {
  const { index, objects, records } = dependencies;
  try {
    const envelope = await objects.envelope(objectKey);
    const facility = decided.owners.get(objectKey) ?? envelope.source.facility;
    const owner = { facility, issuer: issuerOf(dependencies, facility) };
    const instance = await inspectKept(inspecting, objects, { objectKey, source: envelope.source }, async (object) => {
      const inflated = await ensureInflated(objects, objectKey, object);
      return newInstance(lookedAt(object), envelope, { object: objectKey, inflated }, owner);
    });
    await turn.before;
    const adding = index.add(instance);
    // NOTE: the index takes what it is given in order; the next need not wait for this one's commit.
    turn.issued();
    const added = await adding;
    if (added.status === 'different' || added.status === 'foreign') {
      const conflict = conflictRecord(envelope, objectKey, added);
      decided.studies.add(conflict.studyInstanceUid);
      await records.addConflict(conflict);
    }
    return added.status === 'new' ? undefined : added.status;
  } catch (error) {
    return messageOf(error);
  } finally {
    await turn.before;
    turn.issued();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function mirrorConflicts({ index, records }: Needs, studies: ReadonlySet<string>): Promise<void> {
  for (const study of studies) {
    await index.setConflicts(study, await records.countOpen(study));
  }
}
