import type { PersonNameJson } from '../dataset/model.ts';
import { withoutPadding } from './padding.ts';

function group(text: string | undefined): string {
  return withoutPadding(text ?? '');
}

/** A PN value: component groups divided by `=`, empty ones left out. PS3.5 6.2.1. */
export function parsePersonName(text: string): PersonNameJson {
  const groups = text.split('=');
  const [alphabetic, ideographic, phonetic] = [group(groups[0]), group(groups[1]), group(groups[2])];
  return {
    ...(alphabetic === '' ? {} : { Alphabetic: alphabetic }),
    ...(ideographic === '' ? {} : { Ideographic: ideographic }),
    ...(phonetic === '' ? {} : { Phonetic: phonetic }),
  };
}

/** The DICOM form: groups joined by `=`, empty ones at the end left out. PS3.5 6.2.1. */
export function formatPersonName(name: PersonNameJson): string {
  const groups = [name.Alphabetic ?? '', name.Ideographic ?? '', name.Phonetic ?? ''];
  return groups.slice(0, groups.findLastIndex((group) => group !== '') + 1).join('=');
}

/** Family, given, middle, prefix, suffix in the order written, joined by spaces: how a Vietnamese name is read. */
function spoken(text: string): string {
  return text.replace(/[\^ ]+/g, ' ').trim();
}

/** A name for a person to read: the alphabetic group, or where it is empty another one. */
export function displayName(name: PersonNameJson | undefined): string {
  const groups = [name?.Alphabetic, name?.Ideographic, name?.Phonetic].map((text) => spoken(text ?? ''));
  return groups.find((text) => text !== '') ?? '';
}
