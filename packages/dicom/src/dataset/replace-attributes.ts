import type { TransferSyntax } from '../transfer-syntax.ts';
import { texts } from './accessors.ts';
import type { DataSet, TagKey } from './model.ts';
import { type Coercion, isHeld, ORIGINAL_ATTRIBUTES, originalAttributes } from './original-attributes.ts';
import { recodeDataSet } from './recode.ts';
import { writeDataSet } from './write.ts';

export interface Replacement {
  /** What the bytes are said to be in. */
  readonly from: Pick<TransferSyntax, 'explicitVr' | 'littleEndian'>;
  /** Always little endian. */
  readonly to: Pick<TransferSyntax, 'explicitVr' | 'encapsulated'>;
  /** In place of what is there, or beside it. */
  readonly set: DataSet;
  /** What is left out. */
  readonly omit: ReadonlySet<TagKey>;
  /** Who replaces, when that is to be noted in the copy. */
  readonly coercion: Coercion | undefined;
}

const CHARACTER_SET: TagKey = '00080005';

/**
 * The bytes of a data set before its Pixel Data with other values; all else keeps its bytes. Where the object's character set cannot hold
 * a text that is set, all its texts go over into UTF-8. PS3.3 C.12.1.1.9.
 * @param head the bytes up to Pixel Data, and what was read of them without leaving anything out
 * @throws DicomError as `recodeDataSet`, `writeDataSet`
 */
export function replaceAttributes(
  head: { readonly bytes: Uint8Array; readonly dataSet: DataSet },
  { from, to, set, omit, coercion }: Replacement,
): readonly Uint8Array[] {
  const original = coercion === undefined ? undefined : originalAttributes(head.dataSet, set, coercion);
  const replace = original === undefined ? set : { ...set, [ORIGINAL_ATTRIBUTES]: original };
  const characterSets = texts(head.dataSet, CHARACTER_SET);
  if (Object.values(replace).every((attribute) => isHeld(attribute, characterSets))) {
    return recodeDataSet(head.bytes, { from, to, replace, characterSets, omit });
  }
  const kept = Object.entries(head.dataSet).filter(([tag]) => !omit.has(tag));
  return [writeDataSet({ ...Object.fromEntries(kept), ...replace }, { explicitVr: to.explicitVr })];
}
