import { lookupTag } from '../dictionary/dictionary.ts';
import { type ElementEncoding, readElementHeader } from './element-header.ts';
import type { TagKey } from './model.ts';

function isDataElement(tag: TagKey): boolean {
  return lookupTag(tag) !== undefined && !tag.startsWith('FFFE');
}

/**
 * What the bytes are, rather than what the transfer syntax says: machines write implicit data sets under an explicit syntax and
 * the reverse.
 */
export function actualEncoding(bytes: Uint8Array, claimed: ElementEncoding): ElementEncoding {
  if (bytes.byteLength < 12) {
    return claimed;
  }
  const other = { littleEndian: claimed.littleEndian, explicitVr: !claimed.explicitVr };
  const asExplicit = readElementHeader(bytes, 0, bytes.byteLength, claimed.explicitVr ? claimed : other);
  const known = asExplicit.vr !== undefined && asExplicit.vr !== 'UN';
  if (claimed.explicitVr) {
    return asExplicit.vr === undefined && isDataElement(asExplicit.tag) ? other : claimed;
  }
  return known && asExplicit.offset + asExplicit.length <= bytes.byteLength ? other : claimed;
}
