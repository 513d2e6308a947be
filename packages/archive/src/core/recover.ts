import type { Dependencies } from './dependencies.ts';
import { ArchiveError } from './errors.ts';
import type { Incoming, Leftover } from './incoming.ts';
import { deleteKept, readEnvelope } from './kept-object.ts';

type Needs = Pick<Dependencies, 'index' | 'records' | 'objects' | 'log'> & { readonly incoming: Incoming };

/**
 * Puts away what an ended process left, before anything new is taken: received files nobody claimed, and objects whose store
 * did not come to its commit. None of them was acknowledged; what was, is in the index or the records and stays.
 */
export async function recover(dependencies: Needs): Promise<{ readonly removed: number; readonly kept: number }> {
  let removed = 0;
  let kept = 0;
  for (const leftover of await dependencies.incoming.leftovers()) {
    if (leftover.objectKey !== undefined && (await isCommitted(dependencies, leftover.objectKey))) {
      kept += 1;
    } else {
      removed += 1;
      await undo(dependencies, leftover);
    }
    await dependencies.incoming.remove(leftover.path);
  }
  if (removed + kept > 0) {
    dependencies.log.info({ removed, kept }, 'leftovers-of-last-run');
  }
  return { removed, kept };
}

async function undo(dependencies: Needs, leftover: Leftover): Promise<void> {
  if (leftover.objectKey !== undefined) {
    await deleteKept(dependencies.objects, leftover.objectKey);
  }
}

async function isCommitted(dependencies: Needs, objectKey: string): Promise<boolean> {
  try {
    const { sopInstanceUid } = await readEnvelope(dependencies.objects, objectKey);
    const indexed = await dependencies.index.find(sopInstanceUid);
    return indexed?.objectKey === objectKey || (await dependencies.records.conflictOfObject(objectKey)) !== undefined;
  } catch (error) {
    // Without its whole envelope the object was never put in full.
    if (error instanceof ArchiveError && (error.code === 'not-found' || error.message.startsWith('envelope'))) {
      return false;
    }
    throw error;
  }
}
