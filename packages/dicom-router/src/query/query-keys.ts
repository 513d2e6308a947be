import {
  type Attribute,
  BINARY_VRS,
  type DataSet,
  isPrivateTag,
  itemsOf,
  lookupTag,
  TAG,
  type TagKey,
  texts,
  type Vr,
} from '@filmless/dicom';
import type { Identifier } from './identifier.ts';
import { isBelow } from './levels.ts';

/** Keys of an identifier as the archive is asked by them. */
export interface QueryKeys {
  /** What must match: path of tags joined by dots, value. */
  readonly matches: readonly (readonly [path: string, value: string])[];
  /** Values to match of a list of UIDs that is too long for one question; the path is among those of `matches` not. */
  readonly lists: readonly (readonly [path: string, values: readonly string[]])[];
  /** Attributes to answer with, beside those the router adds. */
  readonly wanted: readonly TagKey[];
  /** Keys that are neither matched nor answered, or not both: the peer is told so by FF01H. */
  readonly unsupported: readonly TagKey[];
}

/** Elements of an identifier that are no attributes of studies: the router answers with its own. PS3.4 C.4.1.1.3.2. */
const ANSWERED_HERE: ReadonlySet<TagKey> = new Set([TAG.RetrieveAETitle, TAG.InstanceAvailability]);

/** What of the keys goes to the archive; of lists at most `searchUids` UIDs in one question. PS3.4 C.2.2.2. */
export function queryKeys({ keys, level }: Pick<Identifier, 'keys' | 'level'>, searchUids: number): QueryKeys {
  const matches: (readonly [string, string])[] = [];
  const lists: (readonly [string, readonly string[]])[] = [];
  const wanted: TagKey[] = [];
  const unsupported: TagKey[] = [];
  for (const [tag, attribute] of Object.entries(keys)) {
    if (ANSWERED_HERE.has(tag)) {
      continue;
    }
    const vr = vrOf(tag);
    if (vr === undefined || BINARY_VRS.has(vr)) {
      unsupported.push(tag);
      continue;
    }
    const below = isBelow(level, tag);
    (below ? unsupported : wanted).push(tag);
    const values = vr === 'UI' ? [...new Set(texts(keys, tag))] : [];
    if (values.length > searchUids) {
      lists.push([tag, values]);
    } else {
      matches.push(...matchesOf([tag], vr, attribute, keys));
    }
  }
  return { matches, lists, wanted, unsupported };
}

/** The VR of PS3.6: what the archive goes by. Undefined for what it does not know. */
function vrOf(tag: TagKey): Vr | undefined {
  return isPrivateTag(tag) ? undefined : lookupTag(tag)?.vr;
}

/** Keys in the first item of a sequence must match within one item. PS3.4 C.2.2.2.6. */
function matchesOf(
  path: readonly TagKey[],
  vr: Vr,
  attribute: Attribute,
  around: DataSet,
): readonly (readonly [path: string, value: string])[] {
  if (vr === 'SQ') {
    const [item = {}] = itemsOf(attribute);
    return Object.entries(item).flatMap(([tag, inner]) => {
      const innerVr = vrOf(tag);
      return innerVr === undefined || BINARY_VRS.has(innerVr) ? [] : matchesOf([...path, tag], innerVr, inner, item);
    });
  }
  const value = texts(around, path.at(-1) ?? '').join('\\');
  return value === '' ? [] : [[path.join('.'), value]];
}
