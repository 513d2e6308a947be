import { DicomError } from '../errors.ts';
import { formatPersonName, parsePersonName } from '../text/person-name.ts';
import { fromBase64 } from './base64.ts';
import type { Attribute, DataSet, JsonValue, PersonNameJson, TagKey } from './model.ts';

const NAME_GROUPS: ReadonlySet<string> = new Set(['Alphabetic', 'Ideographic', 'Phonetic']);

/** Tells a name from an item: both are objects in the model, and an empty one is an item. */
export function isPersonName(value: JsonValue): value is PersonNameJson {
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  return keys.length > 0 && keys.every((key) => NAME_GROUPS.has(key));
}

function textOf(value: JsonValue): string | undefined {
  if (typeof value === 'string' || typeof value === 'number') {
    return String(value);
  }
  return value !== null && isPersonName(value) ? formatPersonName(value) : undefined;
}

/** The values that are there, as text: numbers in their shortest form, names in the DICOM form. Empty values are left out. */
export function texts(dataSet: DataSet, tag: TagKey): readonly string[] {
  return (dataSet[tag]?.Value ?? []).map(textOf).filter((text) => text !== undefined);
}

/** The first value as text, when it is not empty. */
export function firstText(dataSet: DataSet, tag: TagKey): string | undefined {
  return textOf(dataSet[tag]?.Value?.[0] ?? null);
}

/** A number, also from DS and IS that could not be parsed strictly: `1,5`, `12 mm`. */
function numberOf(value: JsonValue): number | undefined {
  if (typeof value === 'number') {
    return value;
  }
  if (typeof value !== 'string') {
    return undefined;
  }
  const parsed = Number.parseFloat(value.trim().replace(',', '.'));
  return Number.isFinite(parsed) ? parsed : undefined;
}

export function numbers(dataSet: DataSet, tag: TagKey): readonly number[] {
  return (dataSet[tag]?.Value ?? []).map(numberOf).filter((number) => number !== undefined);
}

export function firstNumber(dataSet: DataSet, tag: TagKey): number | undefined {
  return numberOf(dataSet[tag]?.Value?.[0] ?? null);
}

function itemOf(value: JsonValue): DataSet {
  return typeof value === 'object' && value !== null && !isPersonName(value) ? value : {};
}

/** The items of a sequence; of anything else none. */
export function itemsOf(attribute: Attribute | undefined): readonly DataSet[] {
  return attribute?.vr === 'SQ' ? (attribute.Value ?? []).map(itemOf) : [];
}

/** The items of a sequence; empty when it is not there. */
export function items(dataSet: DataSet, tag: TagKey): readonly DataSet[] {
  return itemsOf(dataSet[tag]);
}

export function personName(dataSet: DataSet, tag: TagKey): PersonNameJson | undefined {
  const [value] = dataSet[tag]?.Value ?? [];
  if (typeof value === 'string') {
    return parsePersonName(value);
  }
  return value !== undefined && isPersonName(value) ? value : undefined;
}

/**
 * The bytes of an InlineBinary value.
 * @throws DicomError `invalid-value` when they are not base64
 */
export function binary(dataSet: DataSet, tag: TagKey): Uint8Array<ArrayBuffer> | undefined {
  const inline = dataSet[tag]?.InlineBinary;
  try {
    return inline === undefined ? undefined : fromBase64(inline);
  } catch (cause) {
    throw new DicomError('invalid-value', `the InlineBinary of ${tag} is not base64`, { cause });
  }
}
