import type { PersonNameJson } from '../dataset/model.ts';
import { fold, foldName } from '../text/fold.ts';
import { parsePersonName } from '../text/person-name.ts';

/** The folded component groups of a person's name; `null` where the group is empty. */
export interface FoldedName {
  readonly alphabetic: string | null;
  readonly ideographic: string | null;
  readonly phonetic: string | null;
}

const orNull = (text: string): string | null => (text === '' ? null : text);

/** The searched form of each component group; `null` for an empty one. */
export function foldGroups(name: PersonNameJson | undefined): FoldedName {
  return {
    alphabetic: orNull(foldName({ Alphabetic: name?.Alphabetic ?? '' })),
    ideographic: orNull(foldName({ Alphabetic: name?.Ideographic ?? '' })),
    phonetic: orNull(foldName({ Alphabetic: name?.Phonetic ?? '' })),
  };
}

/** What a key asks of a name: of any group, when it has one group only, else of each group it has. */
export type NameKey =
  | { readonly any: string }
  | { readonly alphabetic?: string; readonly ideographic?: string; readonly phonetic?: string };

/** Reads a key of VR PN, folded; wildcards stay. PS3.4 C.2.2.2.1. */
export function nameKey(text: string): NameKey {
  if (!text.includes('=')) {
    return { any: foldKey(text) };
  }
  const name = parsePersonName(text);
  return {
    ...(name.Alphabetic === undefined ? {} : { alphabetic: foldKey(name.Alphabetic) }),
    ...(name.Ideographic === undefined ? {} : { ideographic: foldKey(name.Ideographic) }),
    ...(name.Phonetic === undefined ? {} : { phonetic: foldKey(name.Phonetic) }),
  };
}

/** A pattern may end in a wildcard behind a space: `nguyen ^*` is any name of Nguyen, so it is folded like a name. */
function foldKey(text: string): string {
  return /[*?]/.test(text) ? fold(text) : foldName({ Alphabetic: text });
}
