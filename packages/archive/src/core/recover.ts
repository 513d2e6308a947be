import type { Dependencies } from './dependencies.ts';
import { parseEnvelope } from './envelope.ts';
import { ArchiveError } from './errors.ts';
import type { Incoming } from './incoming.ts';
import { deleteKept, readEnvelopeBytes } from './kept-object.ts';
import { keysOf } from './object-key.ts';
import type { ObjectStore } from './object-store.ts';

type Needs = Pick<Dependencies, 'index' | 'records' | 'objects' | 'log'> & { readonly incoming: Incoming };

export interface Recovered {
  readonly removed: number;
  readonly kept: number;
  /** What was left as it is, because its envelope is not understood, in words. */
  readonly problems: readonly string[];
}

/**
 * Puts away what an ended process left, before anything new is taken: received files nobody claimed, and objects whose store
 * did not come to its commit. None of them was acknowledged; what was, is in the index or the records and stays. What cannot be
 * told stays too, with its claim, for a start that can.
 */
export async function recover(dependencies: Needs): Promise<Recovered> {
  let removed = 0;
  let kept = 0;
  const unclear: string[] = [];
  for (const { path, objectKey } of await dependencies.incoming.leftovers()) {
    const state = objectKey === undefined ? 'not-put' : await stateOf(dependencies, objectKey);
    if (typeof state === 'object') {
      unclear.push(state.unclear);
      dependencies.log.error({ object: objectKey, reason: state.unclear }, 'leftover-not-understood');
      continue;
    }
    if (state === 'committed') {
      kept += 1;
    } else {
      removed += 1;
      await (objectKey === undefined ? undefined : deleteKept(dependencies.objects, objectKey));
    }
    await dependencies.incoming.remove(path);
  }
  if (removed + kept > 0) {
    dependencies.log.info({ removed, kept }, 'leftovers-of-last-run');
  }
  return { removed, kept, problems: inWords(unclear) };
}

function inWords([first, ...others]: readonly string[]): readonly string[] {
  return first === undefined
    ? []
    : [
        `${others.length + 1} object(s) that an earlier run was storing are left as they are (${first}): start the version that wrote them, or restore the envelope from a backup`,
      ];
}

async function stateOf(dependencies: Needs, objectKey: string): Promise<'committed' | 'not-put' | { readonly unclear: string }> {
  const bytes = await envelopeBytes(dependencies.objects, objectKey);
  if (bytes === undefined) {
    // Object and envelope are put together: without its envelope the object was never acknowledged.
    return 'not-put';
  }
  let sopInstanceUid: string;
  try {
    ({ sopInstanceUid } = parseEnvelope(bytes, keysOf(objectKey).envelope));
  } catch (error) {
    return { unclear: error instanceof Error ? error.message : String(error) };
  }
  const indexed = await dependencies.index.find(sopInstanceUid);
  const known = indexed?.objectKey === objectKey || (await dependencies.records.conflictOfObject(objectKey)) !== undefined;
  return known ? 'committed' : 'not-put';
}

async function envelopeBytes(objects: ObjectStore, objectKey: string): Promise<Uint8Array | undefined> {
  try {
    return await readEnvelopeBytes(objects, objectKey);
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'not-found') {
      return undefined;
    }
    throw error;
  }
}
