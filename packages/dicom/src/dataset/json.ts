import { DicomError } from '../errors.ts';
import { parsePersonName } from '../text/person-name.ts';
import { isVr, type Vr } from '../vr.ts';
import { itemsOf } from './accessors.ts';
import { DEFAULT_READ_LIMITS } from './limits.ts';
import type { Attribute, DataSet, JsonValue, MutableDataSet, PersonNameJson } from './model.ts';

const TAG_KEY = /^[0-9A-Fa-f]{8}$/;
const NUMBER_VRS: ReadonlySet<Vr> = new Set<Vr>(['FL', 'FD', 'SL', 'SS', 'UL', 'US', 'SV', 'UV', 'DS', 'IS']);

function invalid(path: string, what: string): DicomError {
  return new DicomError('invalid-json', `${path === '' ? 'the data set' : path} ${what}`);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseName(value: unknown, path: string): PersonNameJson | null {
  if (typeof value === 'string') {
    return value === '' ? null : parsePersonName(value.normalize('NFC'));
  }
  if (!isObject(value)) {
    throw invalid(path, 'is not a person name');
  }
  const group = (key: 'Alphabetic' | 'Ideographic' | 'Phonetic'): Partial<Record<typeof key, string>> => {
    const text = value[key];
    if (text !== undefined && text !== null && typeof text !== 'string') {
      throw invalid(`${path}/${key}`, 'is not text');
    }
    return text === undefined || text === null || text === '' ? {} : { [key]: text.normalize('NFC') };
  };
  const name = { ...group('Alphabetic'), ...group('Ideographic'), ...group('Phonetic') };
  return Object.keys(name).length === 0 ? null : name;
}

function parseValue(value: unknown, vr: Vr, path: string, depth: number): JsonValue {
  if (vr === 'SQ') {
    return parseItem(value ?? {}, path, depth + 1);
  }
  if (value === null || value === '') {
    return null;
  }
  if (vr === 'PN') {
    return parseName(value, path);
  }
  if (typeof value === 'string') {
    return value.normalize('NFC');
  }
  if (typeof value === 'number' && NUMBER_VRS.has(vr)) {
    return value;
  }
  throw invalid(path, `is not a value of ${vr}`);
}

/** Every attribute says its VR (PS3.18 F.2.2), so that reading JSON needs no dictionary. */
function parseVr(value: unknown, path: string): Vr {
  if (typeof value !== 'string' || !isVr(value)) {
    throw invalid(`${path}/vr`, 'is not a value representation');
  }
  return value;
}

function parseAttribute(value: unknown, path: string, depth: number): Attribute {
  if (!isObject(value)) {
    throw invalid(path, 'is not an attribute');
  }
  const { vr: writtenVr, Value, InlineBinary, BulkDataURI } = value;
  const vr = parseVr(writtenVr, path);
  if (Value !== undefined && Value !== null) {
    if (!Array.isArray(Value)) {
      throw invalid(`${path}/Value`, 'is not a list');
    }
    const values = Value.map((one: unknown, index) => parseValue(one, vr, `${path}/Value/${index}`, depth));
    return values.length === 0 || (values.length === 1 && values[0] === null) ? { vr } : { vr, Value: values };
  }
  if (InlineBinary !== undefined && typeof InlineBinary !== 'string') {
    throw invalid(`${path}/InlineBinary`, 'is not text');
  }
  if (BulkDataURI !== undefined && typeof BulkDataURI !== 'string') {
    throw invalid(`${path}/BulkDataURI`, 'is not text');
  }
  if (InlineBinary !== undefined && InlineBinary !== '') {
    return { vr, InlineBinary };
  }
  return BulkDataURI === undefined ? { vr } : { vr, BulkDataURI };
}

function parseItem(value: unknown, path: string, depth: number): DataSet {
  if (depth > DEFAULT_READ_LIMITS.maxDepth) {
    throw new DicomError('limit-exceeded', `${path} is nested more than ${DEFAULT_READ_LIMITS.maxDepth} deep`);
  }
  if (!isObject(value)) {
    throw invalid(path, 'is not an object of attributes');
  }
  const dataSet: MutableDataSet = {};
  for (const key of Object.keys(value).sort()) {
    if (!TAG_KEY.test(key)) {
      throw invalid(path, `has a key that is no tag: ${JSON.stringify(key.slice(0, 40))}`);
    }
    const tag = key.toUpperCase();
    dataSet[tag] = parseAttribute(value[key], path === '' ? tag : `${path}/${tag}`, depth);
  }
  return dataSet;
}

/**
 * Checks that a value is a data set in the DICOM JSON model, and brings its text to NFC. PS3.18 annex F.
 * @throws DicomError `invalid-json` naming the path, `limit-exceeded`
 */
export function parseDicomJson(value: unknown): DataSet {
  return parseItem(value, '', 0);
}

function withBase(attribute: Attribute, base: string): Attribute {
  if (attribute.BulkDataURI !== undefined) {
    const relative = !/^[a-z][a-z0-9+.-]*:|^\//i.test(attribute.BulkDataURI);
    return relative ? { ...attribute, BulkDataURI: `${base}/${attribute.BulkDataURI}` } : attribute;
  }
  if (attribute.vr !== 'SQ' || attribute.Value === undefined) {
    return attribute;
  }
  return { vr: attribute.vr, Value: itemsOf(attribute).map((item) => withBulkDataBase(item, base)) };
}

/** Puts the URL of the instance before each relative BulkDataURI: `bulkdata/7FE00010` to `{base}/bulkdata/7FE00010`. */
export function withBulkDataBase(dataSet: DataSet, baseUrl: string): DataSet {
  const base = baseUrl.replace(/\/+$/, '');
  return Object.fromEntries(Object.entries(dataSet).map(([tag, attribute]) => [tag, withBase(attribute, base)]));
}

function attributeText(attribute: Attribute): string {
  if (attribute.vr !== 'SQ' || attribute.Value === undefined) {
    return JSON.stringify(attribute);
  }
  return `{"vr":"SQ","Value":[${itemsOf(attribute).map(stringifyDicomJson).join(',')}]}`;
}

/**
 * DICOM JSON as text, attributes in ascending order as PS3.18 F.2.2 demands. `JSON.stringify` would put tags that look like
 * numbers (`54000100`) before all others.
 */
export function stringifyDicomJson(dataSet: DataSet): string {
  const tags = Object.keys(dataSet).sort();
  return `{${tags.map((tag) => `"${tag}":${attributeText(dataSet[tag] ?? { vr: 'UN' })}`).join(',')}}`;
}
