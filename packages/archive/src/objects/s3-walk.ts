import { ArchiveError } from '../core/errors.ts';
import type { Member } from '../core/footer.ts';
import type { FoundObject } from '../core/object-store.ts';
import type { S3Entry } from './s3-client.ts';
import { deletedBy, memberKey, OBJECT } from './s3-keys.ts';

/** Footers read ahead while a listing is walked over: each is a round trip. */
const FOOTERS_AHEAD = 16;

/** The footer of an object in a listing. @throws ArchiveError `not-found` when it is gone meanwhile, `store-away` */
export type ReadFooter = (pack: S3Entry) => Promise<readonly Member[]>;

interface ListedPack {
  readonly pack: S3Entry;
  /** Offsets of members that were removed. */
  readonly deleted: ReadonlySet<number>;
}

/** The instances in a listing. @throws ArchiveError `store-away` */
export async function* instancesIn(entries: AsyncIterable<S3Entry>, read: ReadFooter): AsyncGenerator<FoundObject, void> {
  const ahead: Promise<readonly FoundObject[]>[] = [];
  for await (const listed of packsIn(entries)) {
    const members = membersOf(listed, read);
    // It is looked at when its turn comes.
    members.catch(() => undefined);
    ahead.push(members);
    if (ahead.length >= FOOTERS_AHEAD) {
      yield* (await ahead.shift()) ?? [];
    }
  }
  for (const members of ahead) {
    yield* await members;
  }
}

/** Tombstones stand behind the pack they speak of: a listing is in order. */
async function* packsIn(entries: AsyncIterable<S3Entry>): AsyncGenerator<ListedPack, void> {
  let pack: S3Entry | undefined;
  let deleted = new Set<number>();
  for await (const entry of entries) {
    const tombstone = deletedBy(entry.key);
    if (tombstone !== undefined && tombstone.object === pack?.key) {
      deleted.add(tombstone.offset);
    }
    if (entry.key.endsWith(OBJECT)) {
      if (pack !== undefined) {
        yield { pack, deleted };
      }
      pack = entry;
      deleted = new Set();
    }
  }
  if (pack !== undefined) {
    yield { pack, deleted };
  }
}

async function membersOf({ pack, deleted }: ListedPack, read: ReadFooter): Promise<readonly FoundObject[]> {
  try {
    const members = (await read(pack)).filter(({ offset }) => !deleted.has(offset));
    return members.map(({ offset, envelope }) => ({ objectKey: memberKey(pack.key, offset, envelope.size), envelope }));
  } catch (error) {
    if (error instanceof ArchiveError && error.code === 'not-found') {
      return [];
    }
    if (error instanceof UnreadableFooter) {
      return [{ objectKey: pack.key, broken: 'unknown', reason: error.message }];
    }
    throw error;
  }
}

/** What goes up goes up whole: an object without its footer was damaged, or put there by somebody else. */
export class UnreadableFooter extends ArchiveError {
  constructor(object: string, reason: string) {
    super('store-away', `object ${object} cannot be used: ${reason}`);
  }
}
