import type { Source } from '@filmless/access';
import { audited } from '../audit.ts';
import type { Dependencies } from '../dependencies.ts';
import type { StoredInstance, Target } from '../model.ts';
import type { StoreOutcome } from '../store-outcome.ts';
import { RETENTION_EXPIRED, type Rejecter } from './model.ts';
import type { RejectionDesk } from './rejection-desk.ts';
import { rejectionEvent } from './rejection-event.ts';
import { KEY_OBJECT_SELECTION, readRejectionNote } from './rejection-note.ts';

const ALL = { facilities: 'all' } as const;

/**
 * Carries out a rejection note that was stored, before its sender hears that it was: of studies of the sender's own facility, the note itself
 * included, which is out of sight with what it rejects. IHE RAD TF-3 4.66.4.1.3. A note that was carried out before is not carried out again:
 * what was restored since stays. Gives what its sender is told in place of success, where that was not possible: the note sent again is tried again.
 */
export async function carryOutNote(
  dependencies: Dependencies,
  desk: RejectionDesk,
  outcome: StoreOutcome,
  source: Source,
  rejecter: Rejecter,
): Promise<StoreOutcome | undefined> {
  if ((outcome.status !== 'stored' && outcome.status !== 'identical') || outcome.sopClassUid !== KEY_OBJECT_SELECTION) {
    return undefined;
  }
  try {
    await rejectNoted(dependencies, desk, outcome, source, rejecter);
    return undefined;
  } catch (error) {
    const { studyInstanceUid, sopInstanceUid, sopClassUid } = outcome;
    dependencies.log.error({ note: sopInstanceUid, error: String(error) }, 'rejection-note-not-carried-out');
    const message = 'the note is kept and could not be carried out now: send it again';
    return { status: 'refused', reason: 'away', message, studyInstanceUid, sopInstanceUid, sopClassUid };
  }
}

async function rejectNoted(
  dependencies: Dependencies,
  desk: RejectionDesk,
  outcome: Required<Target>,
  source: Source,
  { subject, mayDelete, before }: Rejecter,
): Promise<void> {
  const { index, now } = dependencies;
  const stored = await index.instance(outcome, ALL, now());
  const note = stored === undefined ? undefined : readRejectionNote(stored.header);
  if (stored === undefined || note === undefined) {
    return;
  }
  await before?.();
  const { studyInstanceUid: own, sopInstanceUid: noteUid } = outcome;
  const common = { subject, address: source.address } as const;
  const refused = { ...common, outcome: 'refused', facility: source.facility, studyInstanceUid: own } as const;
  if (note.code === RETENTION_EXPIRED && !mayDelete) {
    await audited(dependencies, { ...refused, action: 'study.delete', detail: `note ${noteUid}: ${note.code}` });
    return;
  }
  const given = { kind: 'rejected', code: note.code, reason: note.meaning, noteUid } as const;
  const by = source.callingAe ?? source.user ?? source.address;
  let without = 0;
  // NOTE: its own study last: the note is found in the index until all others are done, so that it can be carried out again where one fails.
  const isOwn = (study: string) => Number(study === own);
  for (const [study, named] of [...note.studies].toSorted(([a], [b]) => isOwn(a) - isOwn(b))) {
    const owner = await index.owner(study, now());
    if (owner?.facility !== source.facility || named.size > dependencies.limits.rejectionInstances) {
      without += 1;
      continue;
    }
    const found = await foundOf(dependencies, study, named, noteUid);
    const withNote = study === own && found.length > 0 ? [...found, stored] : found;
    const rejection = await desk.take(study, owner.facility, withNote, { ...given, by });
    if (rejection !== undefined) {
      await audited(dependencies, { ...common, ...rejectionEvent(rejection, 'study.reject') });
    }
  }
  if (without > 0) {
    const detail = `note ${noteUid}: ${without} studies that are not of ${source.facility}, or too long`;
    await audited(dependencies, { ...refused, action: 'study.reject', detail });
  }
}

/** What a note names of a study, but for the note itself. */
async function foundOf(
  { index, now }: Dependencies,
  studyInstanceUid: string,
  named: ReadonlySet<string>,
  noteUid: string,
): Promise<readonly StoredInstance[]> {
  const found: StoredInstance[] = [];
  for await (const instance of index.instances({ studyInstanceUid }, ALL, now())) {
    if (named.has(instance.sopInstanceUid) && instance.sopInstanceUid !== noteUid) {
      found.push(instance);
    }
  }
  return found;
}
