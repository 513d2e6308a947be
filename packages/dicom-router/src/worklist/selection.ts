import { type Attribute, type DataSet, itemsOf, type MutableDataSet, TAG, type TagKey } from '@filmless/dicom';

const NOT_RETURNED: ReadonlySet<TagKey> = new Set([TAG.SpecificCharacterSet, TAG.QueryRetrieveLevel]);

/**
 * What a request asks for of an item: each key is a return key, and comes back empty where the item has nothing of it; a sequence that is
 * asked for without keys comes whole. PS3.4 K.2.2.1.2.
 */
export function select(item: DataSet, identifier: DataSet): DataSet {
  const selected: MutableDataSet = {};
  for (const [tag, key] of Object.entries(identifier)) {
    if (!NOT_RETURNED.has(tag) && !tag.endsWith('0000')) {
      selected[tag] = selectAttribute(item[tag], key);
    }
  }
  return selected;
}

function selectAttribute(found: Attribute | undefined, key: Attribute): Attribute {
  if (found === undefined) {
    return { vr: key.vr };
  }
  const [wanted] = itemsOf(key);
  if (found.vr !== 'SQ' || wanted === undefined || Object.keys(wanted).length === 0) {
    return found;
  }
  const items = itemsOf(found).map((item) => select(item, wanted));
  return items.length === 0 ? { vr: 'SQ' } : { vr: 'SQ', Value: items };
}
