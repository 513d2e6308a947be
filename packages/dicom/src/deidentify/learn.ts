import { isPersonName, itemsOf } from '../dataset/accessors.ts';
import type { Attribute, DataSet, JsonValue, TagKey } from '../dataset/model.ts';
import { isPrivateTag } from '../dictionary/dictionary.ts';
import { parseDate } from '../text/date.ts';
import type { Vr } from '../vr.ts';
import { confidentialityRow } from './action.ts';
import type { Decider } from './decide.ts';
import { KnownTexts } from './known-texts.ts';

/** A text this long is no name of anything: nobody repeats it word by word. */
const LONGEST_NAME = 64;
const WHOLE_VRS: ReadonlySet<Vr> = new Set<Vr>(['LO', 'SH', 'ST', 'LT', 'UC', 'UT']);

/** Everything in a data set that may not stand in what is made of it, as far as it can be told. */
export function learn(dataSet: DataSet, decider: Decider): KnownTexts {
  const known = new KnownTexts();
  learnFrom(dataSet, decider, known, false);
  return known;
}

function learnFrom(dataSet: DataSet, decider: Decider, known: KnownTexts, nested: boolean): void {
  for (const [tag, attribute] of Object.entries(dataSet)) {
    for (const item of itemsOf(attribute)) {
      learnFrom(item, decider, known, true);
    }
    learnAttribute(tag, attribute, decider, known, nested);
  }
}

function learnAttribute(tag: TagKey, attribute: Attribute, decider: Decider, known: KnownTexts, nested: boolean): void {
  const { vr, Value = [] } = attribute;
  if (vr === 'PN') {
    for (const value of Value) {
      addName(value, known);
    }
    return;
  }
  const row = isPrivateTag(tag) ? undefined : confidentialityRow(tag);
  if (row === undefined) {
    return;
  }
  const { action, moves } = decider.decide(tag, vr, nested, false);
  const gone = action !== 'K' && (action !== 'C' || moves);
  for (const value of gone ? Value : []) {
    if (typeof value === 'string' || typeof value === 'number') {
      // What describes is no name, and has words that stand elsewhere with good reason.
      addText(String(value), vr, row.letters.includes('d'), known);
    }
  }
}

function addName(value: JsonValue, known: KnownTexts): void {
  const groups = typeof value === 'object' && value !== null && isPersonName(value) ? Object.values(value) : [];
  for (const group of groups) {
    known.addName(String(group));
  }
}

function addText(text: string, vr: Vr, describes: boolean, known: KnownTexts): void {
  if (vr === 'DA' || vr === 'DT') {
    const day = text.trim().slice(0, vr === 'DT' ? 8 : undefined);
    const date = parseDate(day);
    if (date?.month !== undefined && date.day !== undefined) {
      known.addDay(day.replace(/\D/g, ''));
    }
  } else if (WHOLE_VRS.has(vr) && !describes && text.length <= LONGEST_NAME) {
    known.addWhole(text);
  } else if (vr === 'UI') {
    known.addUid(text);
  }
}
