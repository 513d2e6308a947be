import { type DataSet, type MutableDataSet, TAG, type TagKey, type Vr } from '@filmless/dicom';
import { belongsTo, type SearchLevel } from '../levels.ts';

/** What an answer is put together from. */
export interface Found {
  readonly level: SearchLevel;
  /** The level's own attributes, those of the levels above when asked for, and the computed ones. */
  readonly attributes: DataSet;
  /** The stored header of the instance that stands for the level, when `include` needs it. */
  readonly header: DataSet | undefined;
}

/** One result: the level's attributes and what was asked for beside them, keys in ascending order. PS3.18 10.6.3.3. */
export function present(found: Found, include: 'all' | readonly TagKey[]): DataSet {
  const result: MutableDataSet = { ...found.attributes };
  const { header } = found;
  if (header !== undefined) {
    const tags = include === 'all' ? Object.keys(header).filter((tag) => belongsTo(found.level, tag)) : include;
    for (const tag of tags) {
      const attribute = header[tag];
      // A value that is only referred to cannot be found from a search's answer.
      if (result[tag] === undefined && attribute !== undefined && attribute.BulkDataURI === undefined) {
        result[tag] = attribute;
      }
    }
  }
  // The answer is UTF-8, whatever the object was written in. PS3.18 F.2.
  result[TAG.SpecificCharacterSet] = { vr: 'CS', Value: ['ISO_IR 192'] };
  return inOrder(result);
}

/** NOTE: the engine puts keys that are whole numbers before all others, in any object. */
function inOrder(attributes: DataSet): DataSet {
  const ordered: MutableDataSet = {};
  for (const tag of Object.keys(attributes).sort()) {
    const attribute = attributes[tag];
    if (attribute !== undefined) {
      ordered[tag] = attribute;
    }
  }
  return ordered;
}

/** A computed attribute. */
export function computed(
  vr: Vr,
  value: string | number | readonly string[] | null,
): { readonly vr: Vr; readonly Value?: readonly (string | number)[] } {
  if (value === null || (typeof value === 'object' && value.length === 0)) {
    return { vr };
  }
  return { vr, Value: typeof value === 'object' ? value : [value] };
}
