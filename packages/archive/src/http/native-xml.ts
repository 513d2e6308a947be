import { type Attribute, type DataSet, isPersonName, type JsonValue, lookupTag, type PersonNameJson } from '@filmless/dicom';

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';
const OPEN = '<NativeDicomModel xmlns="http://dicom.nema.org/PS3.19/models/NativeDICOM" xml:space="preserve">';
const GROUPS = ['Alphabetic', 'Ideographic', 'Phonetic'] as const;
/** Components of a name, in their order. PS3.5 6.2.1. */
const COMPONENTS = ['FamilyName', 'GivenName', 'MiddleName', 'NamePrefix', 'NameSuffix'] as const;

/** A data set as the Native DICOM Model in XML. PS3.19 A.1. */
export function nativeXml(dataSet: DataSet): string {
  return `${HEAD}${OPEN}${attributesXml(dataSet)}</NativeDicomModel>`;
}

function attributesXml(dataSet: DataSet): string {
  return Object.entries(dataSet)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([tag, attribute]) => attributeXml(dataSet, tag, attribute))
    .join('');
}

function attributeXml(dataSet: DataSet, tag: string, attribute: Attribute): string {
  const keyword = lookupTag(tag)?.keyword ?? '';
  const creator = privateCreator(dataSet, tag);
  const named = keyword === '' ? '' : ` keyword="${keyword}"`;
  const owned = creator === undefined ? '' : ` privateCreator="${escapeXml(creator)}"`;
  return `<DicomAttribute tag="${tag}" vr="${attribute.vr}"${named}${owned}>${contentXml(attribute)}</DicomAttribute>`;
}

/** The block that a private element lies in is named by the element that reserves it. PS3.5 7.8.1. */
function privateCreator(dataSet: DataSet, tag: string): string | undefined {
  const isPrivate = Number.parseInt(tag.slice(3, 4), 16) % 2 === 1 && !tag.startsWith('00', 4);
  const [creator] = isPrivate ? (dataSet[`${tag.slice(0, 4)}00${tag.slice(4, 6)}`]?.Value ?? []) : [];
  return typeof creator === 'string' ? creator : undefined;
}

function contentXml({ vr, Value, InlineBinary, BulkDataURI }: Attribute): string {
  if (BulkDataURI !== undefined) {
    return `<BulkData uri="${escapeXml(BulkDataURI)}"/>`;
  }
  if (InlineBinary !== undefined) {
    return `<InlineBinary>${InlineBinary}</InlineBinary>`;
  }
  return (Value ?? []).map((value, index) => valueXml(vr, value, index + 1)).join('');
}

function valueXml(vr: string, value: JsonValue, number: number): string {
  if (vr === 'SQ') {
    return `<Item number="${number}">${typeof value === 'object' && value !== null && !isPersonName(value) ? attributesXml(value) : ''}</Item>`;
  }
  if (vr === 'PN') {
    const name = typeof value === 'object' && value !== null && isPersonName(value) ? value : {};
    return `<PersonName number="${number}">${nameXml(name)}</PersonName>`;
  }
  return `<Value number="${number}">${value === null || typeof value === 'object' ? '' : escapeXml(String(value))}</Value>`;
}

function nameXml(name: PersonNameJson): string {
  return GROUPS.map((group) => {
    const parts = (name[group] ?? '').split('^');
    const components = COMPONENTS.map((component, i) => (parts[i] ? `<${component}>${escapeXml(parts[i])}</${component}>` : ''));
    return name[group] === undefined ? '' : `<${group}>${components.join('')}</${group}>`;
  }).join('');
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' };

/** XML 1.0 has no way to write most control characters, nor half of a surrogate pair: they become U+FFFD. */
export function escapeXml(text: string): string {
  let escaped = '';
  for (const character of text.toWellFormed()) {
    const code = character.codePointAt(0) ?? 0;
    const forbidden = (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) || code === 0xfffe || code === 0xffff;
    escaped += forbidden ? '\ufffd' : (ENTITIES[character] ?? character);
  }
  return escaped;
}
