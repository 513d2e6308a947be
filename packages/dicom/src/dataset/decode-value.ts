import { formatTagNumber } from '../dictionary/tag-number.ts';
import { DicomError } from '../errors.ts';
import type { CharacterSet } from '../text/character-set.ts';
import { withoutTrailingPadding } from '../text/padding.ts';
import { parsePersonName } from '../text/person-name.ts';
import type { Vr } from '../vr.ts';
import { type ByteOrder, byteOrder } from './element-header.ts';
import type { JsonValue } from './model.ts';

/** Text VRs in which a backslash is a character like others. PS3.5 6.2. */
const SINGLE_TEXT_VRS: ReadonlySet<Vr> = new Set<Vr>(['LT', 'ST', 'UT', 'UR']);
/** Text VRs whose leading spaces mean something. PS3.5 6.2. */
const LEADING_SPACE_VRS: ReadonlySet<Vr> = new Set<Vr>(['LT', 'ST', 'UT', 'UC', 'UR', 'UI', 'DA', 'TM', 'DT']);

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
/** DS has 16 characters and IS 12 (PS3.5 6.2); some machines write a double whole. What is longer is no number. */
const MAX_DECIMAL_LENGTH = 64;

const WIDTHS: ReadonlyMap<Vr, number> = new Map<Vr, number>([
  ['US', 2],
  ['SS', 2],
  ['AT', 4],
  ['UL', 4],
  ['SL', 4],
  ['FL', 4],
  ['FD', 8],
  ['SV', 8],
  ['UV', 8],
]);

/** Counts down what is left of `maxValues`. */
export interface ValueBudget {
  left: number;
}

function spend(budget: ValueBudget, values: number): void {
  budget.left -= values;
  if (budget.left < 0) {
    throw new DicomError('limit-exceeded', 'the data set has too many values');
  }
}

/** Bytes of one value of a VR of numbers; undefined for text and bytes. */
export function numberWidth(vr: Vr): number | undefined {
  return WIDTHS.get(vr);
}

/** JSON has no NaN and no infinity. */
function finite(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

function big(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function readNumber(bytes: Uint8Array, position: number, vr: Vr, order: ByteOrder, littleEndian: boolean): number | string {
  switch (vr) {
    case 'US':
      return order.readUint16(bytes, position);
    case 'SS':
      return order.readInt16(bytes, position);
    case 'UL':
      return order.readUint32(bytes, position);
    case 'SL':
      return order.readInt32(bytes, position);
    case 'FL':
      return finite(order.readFloat(bytes, position));
    case 'FD':
      return finite(order.readDouble(bytes, position));
    case 'AT':
      return formatTagNumber(order.readUint16(bytes, position), order.readUint16(bytes, position + 2));
    case 'SV':
      return big(new DataView(bytes.buffer, bytes.byteOffset).getBigInt64(position, littleEndian));
    default:
      return big(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(position, littleEndian));
  }
}

/** The numbers of a binary VR; bytes after the last whole one are dropped. */
export function decodeNumbers(bytes: Uint8Array, vr: Vr, littleEndian: boolean, budget: ValueBudget): readonly JsonValue[] {
  const width = numberWidth(vr) ?? 1;
  const count = Math.floor(bytes.byteLength / width);
  spend(budget, count);
  const order = byteOrder(littleEndian);
  // NOTE: most have one; `Array.from` costs several times what it takes to read it.
  if (count === 1) {
    return [readNumber(bytes, 0, vr, order, littleEndian)];
  }
  return Array.from({ length: count }, (_, index) => readNumber(bytes, index * width, vr, order, littleEndian));
}

/** A double may be another integer than the digits say, from 2^53 on. */
function isExact(text: string, value: number): boolean {
  return Number.isSafeInteger(value) || !/^[+-]?\d+$/.test(text) || BigInt(text.replace('+', '')) === BigInt(value);
}

/**
 * DS and IS become numbers. Sixteen characters hold at most 15 digits with a sign and a point, which a double keeps. A text that is
 * no number stays as it was written: PS3.18 table F.2.3-1 allows both.
 */
function decimal(text: string): number | string {
  const value = text.length <= MAX_DECIMAL_LENGTH && DECIMAL.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) && isExact(text, value) ? value : text;
}

function trimmed(text: string, vr: Vr): string {
  const end = withoutTrailingPadding(text);
  return !end.startsWith(' ') || LEADING_SPACE_VRS.has(vr) ? end : end.replace(/^ +/, '');
}

function textValue(text: string, vr: Vr): JsonValue {
  const value = trimmed(text, vr);
  if (value === '') {
    return null;
  }
  if (vr === 'PN') {
    return parsePersonName(value);
  }
  return vr === 'DS' || vr === 'IS' ? decimal(value) : value;
}

/** Counted before the text is split: a list of a million empty values costs more than their bytes. */
function countOf(text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) {
    count += 1;
  }
  return count;
}

/** The values of a text VR, without padding; empty when nothing is there. An empty value among others is `null`. PS3.18 F.2.5. */
export function decodeTexts(bytes: Uint8Array, vr: Vr, characterSet: CharacterSet, budget: ValueBudget): readonly JsonValue[] {
  const text = characterSet.decode(bytes, vr);
  if (SINGLE_TEXT_VRS.has(vr)) {
    const value = textValue(text, vr);
    return value === null ? [] : [value];
  }
  if (!text.includes('\\')) {
    spend(budget, 1);
    const value = textValue(text, vr);
    return value === null ? [] : [value];
  }
  spend(budget, countOf(text, '\\') + 1);
  const texts = text.split('\\');
  const values = texts.map((value) => textValue(value, vr));
  return values;
}
