import { type Attribute, type DataSet, lookupTag } from '@filmless/dicom';
import type { AttributeDifference } from './model.ts';

/** Characters of a value shown. */
const SHOWN = 200;

function shown(attribute: Attribute | undefined): string | null {
  if (attribute === undefined) {
    return null;
  }
  const text =
    attribute.Value === undefined ? (attribute.InlineBinary ?? attribute.BulkDataURI ?? '') : JSON.stringify(attribute.Value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}

/** The attributes in which two headers differ, in the order of their tags, at most `limit`. */
export function differences(
  existing: DataSet,
  other: DataSet,
  limit: number,
): { readonly differences: readonly AttributeDifference[]; readonly truncated: boolean } {
  const tags = [...new Set([...Object.keys(existing), ...Object.keys(other)])].sort();
  const differing = tags.filter((tag) => JSON.stringify(existing[tag]) !== JSON.stringify(other[tag]));
  return {
    differences: differing.slice(0, limit).map((tag) => ({
      tag,
      keyword: lookupTag(tag)?.keyword ?? '',
      existing: shown(existing[tag]),
      new: shown(other[tag]),
    })),
    truncated: differing.length > limit,
  };
}
