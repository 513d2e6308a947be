import type { DerivedKind } from '../core/object-store.ts';

/** Where the bytes of a key lie in the bucket. */
export interface Place {
  readonly object: string;
  readonly offset: number;
  /** Undefined where only the object itself tells: a file that was copied into the bucket, or a derivative. */
  readonly size: number | undefined;
}

export const OBJECT = '.dcm';
const DELETED = '.deleted';
const MEMBER = /^(.+)@(\d+)\+(\d+)$/;
const TOMBSTONE = /^(.+)\.(\d+)\.deleted$/;

/** The address of an instance: with its length, so that reading it takes no look at the footer. */
export function memberKey(object: string, offset: number, size: number): string {
  return `${object}@${offset}+${size}`;
}

export function placeOf(key: string): Place {
  const [, object, offset, size] = MEMBER.exec(key) ?? [];
  return object === undefined
    ? { object: key, offset: 0, size: undefined }
    : { object, offset: Number(offset), size: Number(size) };
}

/** The inflated form of a member, or another. */
export function derivedKey(key: string, kind: DerivedKind = 'inflated'): string {
  const { object, offset } = placeOf(key);
  return `${object}.${offset}.${kind}`;
}

/** Says of a member that it was removed, while the others are still there. */
export function tombstoneKey({ object, offset }: Place): string {
  return `${object}.${offset}${DELETED}`;
}

/** The object and the member a tombstone speaks of. */
export function deletedBy(key: string): Pick<Place, 'object' | 'offset'> | undefined {
  const [, object, offset] = TOMBSTONE.exec(key) ?? [];
  return object === undefined ? undefined : { object, offset: Number(offset) };
}
