import type { Dependencies } from './dependencies.ts';
import type { FoundObject } from './object-store.ts';
import { several } from './several.ts';

type Needs = Pick<Dependencies, 'index' | 'records' | 'objects' | 'log'>;

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
 * start that can.
 * @throws ArchiveError `store-full`, `store-away`
 */
export async function recover(dependencies: Needs): Promise<Recovered> {
  const { objects, log } = dependencies;
  let removed = 0;
  let kept = 0;
  const unclear: string[] = [];
  const failed: unknown[] = [];
  const work = async (found: FoundObject): Promise<void> => {
    const known = await isKnown(dependencies, found);
    if ('broken' in found && (found.broken === 'unknown' || known)) {
      const reason = known ? `${found.reason}, and it was acknowledged: it is damaged` : found.reason;
      unclear.push(reason);
      log.error({ object: found.objectKey, reason }, 'leftover-not-understood');
      return;
    }
    if (known) {
      kept += 1;
    } else {
      await objects.delete(found.objectKey);
      removed += 1;
    }
    objects.settled(found.objectKey);
  };
  await several(objects.unsettled(), AT_ONCE, (found) =>
    work(found).catch((error: unknown) => {
      failed.push(error);
    }),
  );
  if (failed.length > 0) {
    throw failed[0];
  }
  if (removed > 0) {
    log.info({ removed, kept }, 'leftovers-of-last-run');
  }
  return { removed, kept, problems: inWords(unclear) };
}

async function isKnown({ index, records }: Needs, found: FoundObject): Promise<boolean> {
  if ('broken' in found && found.broken === 'empty') {
    return false;
  }
  // One without a whole footer was never acknowledged, or is damaged: it does not say itself whose it is.
  const indexed =
    'broken' in found
      ? await index.refersTo(found.objectKey)
      : (await index.peek(found.envelope.sopInstanceUid))?.objectKey === found.objectKey;
  return indexed || (await records.conflictOfObject(found.objectKey)) !== undefined;
}

function inWords([first, ...others]: readonly string[]): readonly string[] {
  return first === undefined
    ? []
    : [
        `${others.length + 1} object(s) that an earlier run was storing are left as they are (${first}): start the version that wrote them, or restore them from a backup`,
      ];
}
