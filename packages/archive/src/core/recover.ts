import type { Dependencies } from './dependencies.ts';
import type { FoundObject, LivingRuns } from './object-store.ts';
import { several } from './several.ts';

type Needs = Pick<Dependencies, 'index' | 'records' | 'objects' | 'log'>;
type Broken = Extract<FoundObject, { readonly broken: string }>;

export interface Recovered {
  readonly removed: number;
  readonly kept: number;
  /** What was left as it is, because its envelope is not understood, in words. */
  readonly problems: readonly string[];
}

const AT_ONCE = 16;

/**
 * Puts away what an ended process left, before anything new is taken: objects whose store did not come to its commit. None of
 * them was acknowledged; what was, is in the index or the records and stays. What cannot be told stays too, unsettled, for a
 * start that can. Where other processes are at work, `living` says which, and what is theirs is left alone.
 * @throws ArchiveError `store-full`, `store-away`
 */
export async function recover(dependencies: Needs, living?: LivingRuns): Promise<Recovered> {
  const { index, records, objects, log } = dependencies;
  let removed = 0;
  let kept = 0;
  const unclear: string[] = [];
  const broken: Broken[] = [];
  const strangers: string[] = [];
  const failed: unknown[] = [];
  const remove = async (objectKey: string): Promise<void> => {
    await objects.delete(objectKey);
    removed += 1;
    objects.settled(objectKey);
  };
  const work = async (found: FoundObject): Promise<void> => {
    const { objectKey } = found;
    if ('broken' in found) {
      broken.push(found);
    } else if (
      (await index.peek(found.envelope.sopInstanceUid))?.objectKey === objectKey ||
      (await isAside(records, objectKey))
    ) {
      kept += 1;
      objects.settled(objectKey);
    } else {
      strangers.push(objectKey);
    }
  };
  const workOnStranger = async (objectKey: string, leftOut: ReadonlySet<string>): Promise<void> => {
    if (!leftOut.has(objectKey)) {
      await remove(objectKey);
      return;
    }
    unclear.push('the index was made again and could not take it in');
    log.error({ object: objectKey, reason: unclear.at(-1) }, 'leftover-not-understood');
  };
  // It does not say itself whose it is: never acknowledged, or damaged since.
  const workOnBroken = async ({ objectKey, broken: how, reason }: Broken, indexed: ReadonlySet<string>): Promise<void> => {
    const known = indexed.has(objectKey) || (await isAside(records, objectKey));
    if (!known && how !== 'unknown') {
      await remove(objectKey);
      return;
    }
    unclear.push(known ? `${reason}, and it was acknowledged: it is damaged` : reason);
    log.error({ object: objectKey, reason: unclear.at(-1) }, 'leftover-not-understood');
  };
  const fail = (error: unknown): void => {
    failed.push(error);
  };
  await several(objects.unsettled(living), AT_ONCE, (found) => work(found).catch(fail));
  if (broken.length + strangers.length > 0) {
    const referred = await index.referredOf([...strangers, ...broken.map(({ objectKey }) => objectKey)]);
    await several(strangers, AT_ONCE, (objectKey) => workOnStranger(objectKey, referred).catch(fail));
    await several(broken, AT_ONCE, (found) => workOnBroken(found, referred).catch(fail));
  }
  if (failed.length > 0) {
    throw failed[0];
  }
  if (removed > 0) {
    log.info({ removed, kept }, 'leftovers-of-last-run');
  }
  return { removed, kept, problems: inWords(unclear) };
}

async function isAside(records: Needs['records'], objectKey: string): Promise<boolean> {
  return (await records.conflictOfObject(objectKey)) !== undefined || (await records.rejections.holds(objectKey));
}

function inWords([first, ...others]: readonly string[]): readonly string[] {
  return first === undefined
    ? []
    : [
        `${others.length + 1} object(s) that an earlier run was storing are left as they are (${first}): start the version that wrote them, or restore them from a backup`,
      ];
}
