import {
  type Attribute,
  BINARY_VRS,
  type DataSet,
  isVr,
  type JsonValue,
  type MutableDataSet,
  type PersonNameJson,
  parseDicomJson,
  tagOf,
  type Vr,
} from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import { readXml, type XmlElement } from './xml-reader.ts';

const TAG = /^[0-9A-Fa-f]{8}$/;
const NUMBERS: ReadonlySet<Vr> = new Set<Vr>(['FL', 'FD', 'SL', 'SS', 'UL', 'US']);
const COMPONENTS = ['FamilyName', 'GivenName', 'MiddleName', 'NamePrefix', 'NameSuffix'] as const;
const GROUPS = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;

/**
 * Reads a data set in the Native DICOM Model. PS3.19 A.1.
 * @throws ArchiveError `invalid-request`; DicomError `invalid-json` naming the attribute
 */
export function readNativeXml(text: string): DataSet {
  const root = readXml(text);
  if (root.name !== 'NativeDicomModel') {
    throw new ArchiveError('invalid-request', `The XML is <${root.name.slice(0, 40)}>; a NativeDicomModel is taken.`);
  }
  // The same checks as for JSON.
  return parseDicomJson(attributesOf(root));
}

function attributesOf(element: XmlElement): DataSet {
  const dataSet: MutableDataSet = {};
  for (const child of element.children) {
    if (child.name === 'DicomAttribute') {
      dataSet[tagOfElement(child)] = attributeOf(child);
    }
  }
  return dataSet;
}

function tagOfElement({ attributes }: XmlElement): string {
  const given = attributes.get('tag') ?? tagOf(attributes.get('keyword') ?? '') ?? '';
  if (!TAG.test(given)) {
    throw new ArchiveError('invalid-request', `The XML has a DicomAttribute whose tag is ${JSON.stringify(given.slice(0, 20))}.`);
  }
  return given.toUpperCase();
}

function attributeOf(element: XmlElement): Attribute {
  const vr = element.attributes.get('vr') ?? '';
  if (!isVr(vr)) {
    throw new ArchiveError('invalid-request', `${tagOfElement(element)}: ${JSON.stringify(vr.slice(0, 20))} is no VR.`);
  }
  const bulk = element.children.find(({ name }) => name === 'BulkData');
  if (bulk !== undefined) {
    return { vr, BulkDataURI: bulk.attributes.get('uri') ?? bulk.attributes.get('URI') ?? '' };
  }
  const inline = element.children.find(({ name }) => name === 'InlineBinary');
  if (inline !== undefined || BINARY_VRS.has(vr)) {
    return { vr, InlineBinary: (inline?.text ?? '').replace(/\s+/g, '') };
  }
  return { vr, Value: numbered(element).map((value) => valueIn(value, vr)) };
}

/** Values in their order; the numbers say it, and a gap is an empty value. */
function numbered({ children }: XmlElement): readonly (XmlElement | undefined)[] {
  const values = children.filter(({ name }) => name === 'Value' || name === 'Item' || name === 'PersonName');
  const ordered: (XmlElement | undefined)[] = [];
  for (const [index, value] of values.entries()) {
    const number = Number(value.attributes.get('number') ?? index + 1);
    if (!Number.isInteger(number) || number < 1 || number > 10 * values.length + 100) {
      throw new ArchiveError('invalid-request', 'The XML numbers a value as none can be.');
    }
    ordered[number - 1] = value;
  }
  return Array.from(ordered);
}

function valueIn(element: XmlElement | undefined, vr: Vr): JsonValue {
  if (element === undefined) {
    return null;
  }
  if (vr === 'SQ') {
    return attributesOf(element);
  }
  if (vr === 'PN') {
    return nameOf(element);
  }
  const { text } = element;
  const number = Number(text);
  return NUMBERS.has(vr) && text.trim() !== '' && Number.isFinite(number) ? number : text;
}

function nameOf(element: XmlElement): PersonNameJson {
  const groups = GROUPS.flatMap((group) => {
    const found = element.children.find(({ name }) => name === group);
    const parts = COMPONENTS.map((component) => found?.children.find(({ name }) => name === component)?.text.trim() ?? '');
    return found === undefined ? [] : [[group, parts.join('^').replace(/\^+$/, '')] as const];
  });
  return Object.fromEntries(groups);
}
