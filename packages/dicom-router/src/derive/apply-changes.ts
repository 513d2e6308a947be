import {
  type Coercion,
  type DataSet,
  type MutableDataSet,
  ORIGINAL_ATTRIBUTES,
  replaceAttributes,
  type TransferSyntax,
} from '@filmless/dicom';
import type { Changes } from '../routing/decision.ts';
import type { Head } from './read-head.ts';
import { checkChangeable, setAttribute } from './set-attribute.ts';

/** What a rule sets, by tag. @throws RouterError `invalid-request` */
function attributesOf(changes: Changes): DataSet {
  const found: MutableDataSet = {};
  for (const { tag, value } of changes.set ?? []) {
    found[tag.toUpperCase()] = setAttribute(tag.toUpperCase(), value);
  }
  return found;
}

function removedBy(changes: Changes): ReadonlySet<string> {
  const tags = (changes.remove ?? []).map((tag) => tag.toUpperCase());
  for (const tag of tags) {
    checkChangeable(tag);
  }
  return new Set(tags);
}

/** A data set with what a rule sets, without what it removes. @throws RouterError `invalid-request` */
export function changedDataSet(dataSet: DataSet, changes: Changes): DataSet {
  const removed = removedBy(changes);
  const kept = Object.entries(dataSet).filter(([tag]) => !removed.has(tag));
  return { ...Object.fromEntries(kept), ...attributesOf(changes) };
}

/**
 * The bytes of a head with what a rule sets, without what it removes; all else keeps its bytes. What was replaced is noted in it, where
 * it is known by whom and when and no rule removes that. Where the object's character set cannot hold a text that is set, all its texts
 * go over into UTF-8.
 * @throws RouterError `invalid-request`, DicomError
 */
export function changedBytes(
  head: Head,
  changes: Changes,
  transferSyntax: TransferSyntax,
  coercion: Coercion | undefined,
): readonly Uint8Array[] {
  const omit = removedBy(changes);
  return replaceAttributes(head, {
    from: transferSyntax,
    to: transferSyntax,
    set: attributesOf(changes),
    omit,
    coercion: omit.has(ORIGINAL_ATTRIBUTES) ? undefined : coercion,
  });
}
