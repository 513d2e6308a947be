import { describe, expect, it } from 'vitest';
import { deletedBy, derivedKey, memberKey, placeOf, tombstoneKey } from './s3-keys.ts';

const PACK = 'r1abc/0000/00112233445566778899aabbccddeeff.dcm';

describe('the address of an instance in a bucket', () => {
  it('says in which object it lies, where, and how long it is', () => {
    expect(placeOf(memberKey(PACK, 1024, 77))).toEqual({ object: PACK, offset: 1024, size: 77 });
  });

  it('of a file that was copied into the bucket leaves its length to the footer', () => {
    expect(placeOf(PACK)).toEqual({ object: PACK, offset: 0, size: undefined });
  });

  it('leads to the names of what belongs to it, which stand behind the pack in a listing', () => {
    const key = memberKey(PACK, 1024, 77);
    expect(deletedBy(tombstoneKey(placeOf(key)))).toEqual({ object: PACK, offset: 1024 });
    expect(deletedBy(PACK)).toBeUndefined();
    expect(deletedBy(derivedKey(key))).toBeUndefined();
    const names = [derivedKey(key), tombstoneKey(placeOf(key)), `${PACK.slice(0, -5)}f0.dcm`, PACK];
    expect(names.toSorted()[0]).toBe(PACK);
  });
});
