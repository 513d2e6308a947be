import type { Source } from '@filmless/access';
import type { Dependencies } from '../dependencies.ts';
import type { StoredInstance, Target } from '../model.ts';
import type { StoreOutcome } from '../store-outcome.ts';
import type { RejectionDesk } from './rejection-desk.ts';
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
): Promise<StoreOutcome | undefined> {
  if ((outcome.status !== 'stored' && outcome.status !== 'identical') || outcome.sopClassUid !== KEY_OBJECT_SELECTION) {
    return undefined;
  }
  try {
    await rejectNoted(dependencies, desk, outcome, source);
    return undefined;
  } catch (error) {
    const { studyInstanceUid, sopInstanceUid, sopClassUid } = outcome;
    dependencies.log.error({ note: sopInstanceUid, error: String(error) }, 'rejection-note-not-carried-out');
    const message = 'the note is kept and could not be carried out now: send it again';
    return { status: 'refused', reason: 'away', message, studyInstanceUid, sopInstanceUid, sopClassUid };
  }
}

async function rejectNoted(
  { index, log, now, limits }: Dependencies,
  desk: RejectionDesk,
  outcome: Required<Target>,
  source: Source,
): Promise<void> {
  const stored = await index.instance(outcome, ALL, now());
  const note = stored === undefined ? undefined : readRejectionNote(stored.header);
  if (stored === undefined || note === undefined) {
    return;
  }
  const by = source.callingAe ?? source.user ?? source.address;
  // NOTE: its own study last: the note is found in the index until all others are done, so that it can be carried out again where one fails.
  const isOwn = (study: string) => Number(study === outcome.studyInstanceUid);
  for (const [studyInstanceUid, named] of [...note.studies].toSorted(([a], [b]) => isOwn(a) - isOwn(b))) {
    const owner = await index.owner(studyInstanceUid, now());
    if (owner?.facility !== source.facility || named.size > limits.rejectionInstances) {
      log.warn({ study: studyInstanceUid, note: outcome.sopInstanceUid }, 'rejection-note-without-effect');
      continue;
    }
    const found: StoredInstance[] = [];
    for await (const instance of index.instances({ studyInstanceUid }, ALL, now())) {
      if (named.has(instance.sopInstanceUid) && instance.sopInstanceUid !== outcome.sopInstanceUid) {
        found.push(instance);
      }
    }
    const own = studyInstanceUid === outcome.studyInstanceUid && found.length > 0 ? [stored] : [];
    const noteUid = outcome.sopInstanceUid;
    await desk.take(studyInstanceUid, owner.facility, [...found, ...own], {
      kind: 'rejected',
      code: note.code,
      reason: note.meaning,
      by,
      noteUid,
    });
  }
}
