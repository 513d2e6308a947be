import { DicomError } from '../errors.ts';
import { formatPersonName } from '../text/person-name.ts';
import type { Vr } from '../vr.ts';
import { isPersonName } from './accessors.ts';
import { numberWidth } from './decode-value.ts';
import type { JsonValue } from './model.ts';

const MAX_DECIMAL_CHARACTERS = 16;

/**
 * A DS holds at most 16 bytes: digits are given up until the number fits. PS3.5 6.2.
 * @throws DicomError `invalid-value` for what is no finite number
 */
export function formatDecimal(value: number): string {
  if (!Number.isFinite(value)) {
    throw new DicomError('invalid-value', `${value} is not a number DS can hold`);
  }
  const exact = [String(value), value.toExponential()].find((text) => text.length <= MAX_DECIMAL_CHARACTERS);
  if (exact !== undefined) {
    return exact;
  }
  for (let digits = 15; digits > 8; digits -= 1) {
    const rounded = Number(value.toPrecision(digits));
    const text = [String(rounded), rounded.toExponential()].find((form) => form.length <= MAX_DECIMAL_CHARACTERS);
    if (text !== undefined && Number.isFinite(rounded)) {
      return text;
    }
  }
  return value.toExponential(8);
}

function textOf(value: JsonValue, vr: Vr): string {
  if (value === null) {
    return '';
  }
  if (typeof value === 'number') {
    return vr === 'DS' ? formatDecimal(value) : String(value);
  }
  if (typeof value === 'string') {
    return value;
  }
  if (vr === 'PN' && isPersonName(value)) {
    return formatPersonName(value);
  }
  throw new DicomError('invalid-value', `an item is no value of ${vr}`);
}

/** The values of a text VR as one text, without padding. */
export function joinTexts(values: readonly JsonValue[], vr: Vr): string {
  const [only] = values;
  if (values.length === 1 && only !== undefined) {
    return textOf(only, vr);
  }
  return values.map((value) => textOf(value, vr)).join('\\');
}

function numeric(value: JsonValue, vr: Vr): number {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number !== 'number' || (Number.isNaN(number) && value !== 'NaN')) {
    throw new DicomError('invalid-value', `${JSON.stringify(value)} is not a number, as ${vr} must be`);
  }
  return number;
}

function bigInteger(value: JsonValue, vr: Vr): bigint {
  try {
    return BigInt(typeof value === 'string' || typeof value === 'number' ? value : 'not a number');
  } catch (cause) {
    throw new DicomError('invalid-value', `${JSON.stringify(value)} is not an integer, as ${vr} must be`, { cause });
  }
}

const INTEGER_RANGES: Partial<Record<Vr, readonly [min: number, max: number]>> = {
  US: [0, 0xffff],
  SS: [-0x8000, 0x7fff],
  UL: [0, 0xffffffff],
  SL: [-0x80000000, 0x7fffffff],
};

function integer(value: JsonValue, vr: Vr): number {
  const number = numeric(value, vr);
  const [min, max] = INTEGER_RANGES[vr] ?? [0, 0];
  if (!Number.isInteger(number) || number < min || number > max) {
    throw new DicomError('invalid-value', `${number} does not fit into ${vr}`);
  }
  return number;
}

function writeTag(view: DataView, position: number, value: JsonValue): void {
  if (typeof value !== 'string' || !/^[0-9A-Fa-f]{8}$/.test(value)) {
    throw new DicomError('invalid-value', `${JSON.stringify(value)} is no tag, as AT must be`);
  }
  view.setUint16(position, Number.parseInt(value.slice(0, 4), 16), true);
  view.setUint16(position + 2, Number.parseInt(value.slice(4), 16), true);
}

function writeNumber(view: DataView, position: number, value: JsonValue, vr: Vr): void {
  switch (vr) {
    case 'US':
      view.setUint16(position, integer(value, vr), true);
      break;
    case 'SS':
      view.setInt16(position, integer(value, vr), true);
      break;
    case 'UL':
      view.setUint32(position, integer(value, vr), true);
      break;
    case 'SL':
      view.setInt32(position, integer(value, vr), true);
      break;
    case 'FL':
      view.setFloat32(position, numeric(value, vr), true);
      break;
    case 'FD':
      view.setFloat64(position, numeric(value, vr), true);
      break;
    case 'SV':
      view.setBigInt64(position, bigInteger(value, vr), true);
      break;
    case 'UV':
      view.setBigUint64(position, bigInteger(value, vr), true);
      break;
    default:
      writeTag(view, position, value);
  }
}

/** Little endian bytes of a VR of numbers. */
export function encodeNumbers(values: readonly JsonValue[], vr: Vr): Uint8Array {
  const width = numberWidth(vr) ?? 1;
  const bytes = new Uint8Array(values.length * width);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) {
    writeNumber(view, index * width, value, vr);
  }
  return bytes;
}
