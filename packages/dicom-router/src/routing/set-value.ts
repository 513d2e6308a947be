import { parseDateRange, TAG, type TagKey, type Vr } from '@filmless/dicom';

/** Longest text of a VR, in characters. PS3.5 table 6.2-1. */
const LONGEST: Partial<Record<Vr, number>> = {
  AE: 16,
  CS: 16,
  DS: 16,
  IS: 12,
  LO: 64,
  LT: 10_240,
  PN: 324,
  SH: 16,
  ST: 1_024,
  UC: 10_240,
  UI: 64,
  UR: 1_024,
  UT: 10_240,
};
const DATES: ReadonlySet<Vr> = new Set<Vr>(['DA', 'DT', 'TM']);

/** By these an instance is found and read: who gets it must get them as they are. */
const KEPT: ReadonlySet<TagKey> = new Set<TagKey>([
  TAG.SOPClassUID,
  TAG.SOPInstanceUID,
  TAG.StudyInstanceUID,
  TAG.SeriesInstanceUID,
  TAG.SpecificCharacterSet,
]);

/** Why an attribute cannot be given this value, undefined when it can. */
export function settingFault(tag: TagKey, vr: Vr, name: string, value: string): string | undefined {
  if (KEPT.has(tag)) {
    return `${name} stays as it is: by it the image is found and read. De-identification changes UIDs: deidentify: PROFILE`;
  }
  if (tag.startsWith('0028') || tag.startsWith('7FE0')) {
    return `${name} says how the pixels are read and cannot be changed.`;
  }
  const longest = LONGEST[vr];
  if (DATES.has(vr)) {
    return isMoment(vr, value)
      ? undefined
      : `"${value.slice(0, 60)}" is no value of ${name} (${vr}). Write for instance 20260131 or 073000.`;
  }
  if (longest === undefined) {
    return `${name} (${vr}) is no text and cannot be set by a rule.`;
  }
  // A PN group has 64 characters, of other text each value has.
  const tooLong = value.split(vr === 'PN' ? '\0' : '\\').some((part) => part.length > longest);
  if (tooLong || /[\p{Cc}]/u.test(value)) {
    return `${name} (${vr}) has at most ${longest} characters in one line.`;
  }
  return formFault(vr, name, value);
}

function formFault(vr: Vr, name: string, value: string): string | undefined {
  const forms: Partial<Record<Vr, readonly [RegExp, string]>> = {
    CS: [/^[A-Z0-9_ \\]*$/, 'capital letters, digits, spaces and "_"'],
    IS: [/^[-+]?\d*(\\[-+]?\d+)*$/, 'a whole number'],
    DS: [/^[-+0-9.eE\\]*$/, 'a number'],
    UI: [/^[0-9.\\]*$/, 'digits and dots'],
    AE: [/^[\x20-\x7e]*$/, 'plain characters'],
  };
  const form = forms[vr];
  return form === undefined || form[0].test(value)
    ? undefined
    : `"${value.slice(0, 60)}" is no value of ${name} (${vr}). Write ${form[1]}.`;
}

function isMoment(vr: Vr, value: string): boolean {
  if (value === '') {
    return true;
  }
  return (vr === 'DA' || vr === 'TM' || vr === 'DT') && !/[-]/.test(value) && parseDateRange(vr, value) !== undefined;
}
