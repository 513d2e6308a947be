import { TAG } from '../dictionary/tag.gen.ts';
import { canHold } from '../text/encode-text.ts';
import { formatPersonName } from '../text/person-name.ts';
import { isPersonName } from './accessors.ts';
import type { Attribute, DataSet, MutableDataSet, TagKey } from './model.ts';

export const ORIGINAL_ATTRIBUTES: TagKey = '04000561';
const MODIFIED_ATTRIBUTES: TagKey = '04000550';
const NONE: ReadonlySet<TagKey> = new Set();

/** Who replaced values, and when. */
export interface Coercion {
  /** Milliseconds since 1970; the same for the same change, so that a second copy is the same as the first. */
  readonly at: number;
  /** Our own AE title. */
  readonly system: string;
  /** Who sent the instance; empty where that is not known. */
  readonly source: string;
  /** Texts that the object's own character set cannot hold are noted all the same: it is then written in another. */
  readonly keepsAll?: boolean;
  /** Attributes that go for good and are noted with the rest. */
  readonly removed?: ReadonlySet<TagKey>;
}

/**
 * The Original Attributes Sequence of a copy in which a rule set attributes: what was there before is kept with it, behind what others
 * noted. An attribute that a rule empties or removes is to go nowhere, and is not noted. Undefined where nothing was replaced.
 * PS3.3 C.12.1.1.9.
 */
export function originalAttributes(before: DataSet, set: DataSet, coercion: Coercion): Attribute | undefined {
  const { at, system, source, keepsAll = false, removed = NONE } = coercion;
  const gone = Object.entries(before).filter(([tag]) => removed.has(tag));
  const changed = Object.entries(set).filter(([tag, attribute]) => !isEmpty(attribute) && !isSame(before[tag], attribute));
  const replaced = [...changed, ...gone];
  if (replaced.length === 0) {
    return undefined;
  }
  const characterSets = stringsOf(before[TAG.SpecificCharacterSet]);
  const modified: MutableDataSet = {};
  for (const [tag, { vr }] of replaced) {
    const previous = before[tag];
    // What was absent, or no value that can be written, stands there empty.
    const isKept = previous?.vr === vr && (keepsAll || isHeld(previous, characterSets));
    modified[tag] = previous !== undefined && isKept ? previous : { vr };
  }
  const issuer = before[TAG.IssuerOfPatientID];
  if (
    TAG.PatientID in modified &&
    issuer !== undefined &&
    !(TAG.IssuerOfPatientID in modified) &&
    (keepsAll || isHeld(issuer, characterSets))
  ) {
    modified[TAG.IssuerOfPatientID] = issuer;
  }
  const item: DataSet = {
    [MODIFIED_ATTRIBUTES]: { vr: 'SQ', Value: [modified] },
    '04000562': { vr: 'DT', Value: [dateTime(at)] },
    '04000563': { vr: 'LO', Value: [system] },
    '04000564': source === '' ? { vr: 'LO' } : { vr: 'LO', Value: [source] },
    '04000565': { vr: 'CS', Value: ['COERCE'] },
  };
  const earlier = before[ORIGINAL_ATTRIBUTES];
  return { vr: 'SQ', Value: [...(earlier?.vr === 'SQ' ? (earlier.Value ?? []) : []), item] };
}

/** Whether the character sets of an object hold all texts of an attribute, those in its items among them. */
export function isHeld({ Value = [] }: Attribute, characterSets: readonly string[]): boolean {
  return Value.every((value) => {
    if (typeof value === 'string') {
      return canHold(value, characterSets);
    }
    if (typeof value !== 'object' || value === null) {
      return true;
    }
    return isPersonName(value)
      ? canHold(formatPersonName(value), characterSets)
      : Object.values(value).every((attribute) => isHeld(attribute, characterSets));
  });
}

function isEmpty({ Value = [] }: Attribute): boolean {
  return Value.every((value) => value === null || value === '');
}

function isSame(one: Attribute | undefined, other: Attribute): boolean {
  return JSON.stringify(one?.Value ?? []) === JSON.stringify(other.Value ?? []);
}

function stringsOf(attribute: Attribute | undefined): readonly string[] {
  return (attribute?.Value ?? []).map((value) => (typeof value === 'string' ? value : ''));
}

/** In UTC, to the second, with its offset. PS3.5 6.2 DT. */
function dateTime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}+0000`;
}
