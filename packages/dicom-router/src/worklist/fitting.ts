import { type Attribute, formatPersonName, type PersonNameJson, parsePersonName, type Vr } from '@filmless/dicom';

/** Most characters of a value. PS3.5 table 6.2-1. */
const LENGTHS: Partial<Record<Vr, number>> = { AE: 16, CS: 16, SH: 16, LO: 64, PN: 64, ST: 1024, LT: 10_240 };

/** A text as a value of its VR: no control characters, no backslash, cut to what fits. Lines stay where the VR may have them. */
export function fitting(vr: Vr, text: string): string {
  const lines = vr === 'LT' || vr === 'ST' || vr === 'UT';
  const plain = text
    .toWellFormed()
    .replace(lines ? /(?![\t\n\f\r])\p{Cc}/gu : /\p{Cc}/gu, ' ')
    .replace(lines ? /\0/g : /\\/g, lines ? '' : '/')
    .trim();
  const characters = [...plain];
  const most = LENGTHS[vr] ?? characters.length;
  return characters.length <= most ? plain : characters.slice(0, most).join('').trim();
}

/** An attribute of one text; without a value when there is none. */
export function textAttribute(vr: Vr, text: string): Attribute {
  const value = fitting(vr, text);
  return value === '' ? { vr } : { vr, Value: [value] };
}

/** A name in DICOM's form or in plain words, each group cut to what fits. PS3.5 6.2.1. */
export function nameAttribute(text: string): Attribute {
  const { Alphabetic = '', Ideographic = '', Phonetic = '' } = parsePersonName(text);
  const name: PersonNameJson = {
    Alphabetic: fitting('PN', Alphabetic),
    Ideographic: fitting('PN', Ideographic),
    Phonetic: fitting('PN', Phonetic),
  };
  const formatted = formatPersonName(name);
  return formatted === '' ? { vr: 'PN' } : { vr: 'PN', Value: [parsePersonName(formatted)] };
}

/** Whether a text is a value that nobody may shorten: an identifier that is cut is another. */
export function isWhole(vr: Vr, text: string): boolean {
  return text !== '' && fitting(vr, text) === text;
}
