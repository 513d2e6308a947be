import { zstdCompressSync } from 'node:zlib';
import { type Attribute, type DataSet, TAG } from '@filmless/dicom';
import { namesOf } from '../elements.ts';
import { SECONDARY_CAPTURE } from '../pdus.ts';
import { CODED_PARTS } from './coded-parts.ts';
import { JUDGED, NOT_STORED, REFUSED, type WebCase } from './web-attack.ts';

const STUDIES = '/dicom-web/studies';
const JSON_TYPE = 'application/dicom+json';
const XML_TYPE = 'application/dicom+xml';
const MB = 1_000_000;

/** One part of a body. */
interface Part {
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

function body(parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap(({ headers, bytes }) => [
    Buffer.from(
      `--part\r\n${Object.entries(headers)
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('')}\r\n`,
    ),
    bytes,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...pieces, Buffer.from('--part--\r\n')]);
}

const bulk = (location: string, bytes: Uint8Array, type = 'application/octet-stream'): Part => ({
  headers: { 'content-type': type, 'content-location': location },
  bytes,
});
const metadata = (text: string, type: string = JSON_TYPE): Part => ({
  headers: { 'content-type': type },
  bytes: Buffer.from(text),
});

/** The attributes that find an object, and what more it has. */
function about(name: string, more: Readonly<Record<string, Attribute>>): string {
  const { study, series, sop } = namesOf(name);
  const dataSet: DataSet = {
    '00080016': { vr: 'UI', Value: [SECONDARY_CAPTURE] },
    '00080018': { vr: 'UI', Value: [sop] },
    '00080060': { vr: 'CS', Value: ['OT'] },
    '00100020': { vr: 'LO', Value: ['BOMB'] },
    '0020000D': { vr: 'UI', Value: [study] },
    '0020000E': { vr: 'UI', Value: [series] },
    ...more,
  };
  return JSON.stringify(dataSet);
}

function placeOf(name: string): string {
  const { study, series, sop } = namesOf(name);
  return `/dicom-web/studies/${study}/series/${series}/instances/${sop}`;
}

/** A body of metadata and bulk data. */
function models(name: string, parts: () => readonly Part[], answers: readonly number[] = NOT_STORED): WebCase {
  const question = () => ({
    method: 'POST',
    path: STUDIES,
    headers: { 'content-type': `multipart/related; type="${JSON_TYPE}"; boundary=part`, accept: JSON_TYPE },
    body: body(parts()),
  });
  return { name, question, answers };
}

/** A body as it is. */
function plain(
  name: string,
  type: string,
  bytes: () => Uint8Array,
  answers: readonly number[] = NOT_STORED,
  encoding?: string,
): WebCase {
  const headers = {
    'content-type': type,
    accept: JSON_TYPE,
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
  };
  return { name, question: () => ({ method: 'POST', path: STUDIES, headers, body: bytes() }), answers };
}

const nestedJson = (depth: number): string => `${'{"00081140":{"vr":"SQ","Value":['.repeat(depth)}{}${']}}'.repeat(depth)}`;
const nestedXml = (depth: number): string =>
  `<?xml version="1.0"?><NativeDicomModel>${'<DicomAttribute tag="00081140" vr="SQ"><Item number="1">'.repeat(depth)}${'</Item></DicomAttribute>'.repeat(depth)}</NativeDicomModel>`;
/** Ten entities of ten of the one before: 10^9 words of which none is there. */
const LAUGHS = `<!DOCTYPE x [<!ENTITY a0 "ha">${Array.from({ length: 9 }, (_, index) => `<!ENTITY a${index + 1} "${`&a${index};`.repeat(10)}">`).join('')}]><NativeDicomModel>&a9;</NativeDicomModel>`;

const STRUCTURE: readonly WebCase[] = [
  plain('a million arrays within arrays', JSON_TYPE, () => Buffer.from('['.repeat(MB))),
  plain('10,000 sequences deep as JSON', JSON_TYPE, () => Buffer.from(nestedJson(10_000))),
  plain('10,000 sequences deep as XML', XML_TYPE, () => Buffer.from(nestedXml(10_000))),
  plain('2 million data sets of nothing', JSON_TYPE, () => Buffer.from(`[${'{},'.repeat(2 * MB)}{}]`)),
  plain('metadata of 9 MB', JSON_TYPE, () => Buffer.alloc(9 * MB, ' ')),
  plain('2 million values of one attribute', JSON_TYPE, () =>
    Buffer.from(`{"00189004":{"vr":"US","Value":[${'1,'.repeat(2 * MB)}1]}}`),
  ),
  plain('a million attributes', JSON_TYPE, () =>
    Buffer.from(`{${Array.from({ length: 250_000 }, (_, index) => `"${(0x0011_0000 + index).toString(16)}":{"vr":"UT"}`)}}`),
  ),
  plain('numbers that are none', JSON_TYPE, () =>
    Buffer.from(about('numbers', {}).replace(/\}$/, ',"00280010":{"vr":"US","Value":[1e999,-1]}}')),
  ),
  plain('entities of entities', XML_TYPE, () => Buffer.from(LAUGHS), REFUSED),
  plain('a million tags that never close', XML_TYPE, () => Buffer.from('<a '.repeat(MB)), REFUSED),
  plain('an attribute without end', XML_TYPE, () => Buffer.from(`<NativeDicomModel x="${'y'.repeat(7 * MB)}`), REFUSED),
  plain('7 MB that are not base64', JSON_TYPE, () =>
    Buffer.from(about('no base64', { '00420011': { vr: 'OB', InlineBinary: '\u0000?'.repeat(MB) } })),
  ),
  models('20,001 parts of nothing', () => Array.from({ length: 20_001 }, (_, index) => bulk(`b${index}`, Buffer.alloc(0)))),
  models('parts of which none is referred to, and no metadata', () => [bulk('a', Buffer.alloc(MB))], REFUSED),
  models('a reference to nothing', () => [metadata(about('nothing', { [TAG.PixelData]: { vr: 'OW', BulkDataURI: 'x' } }))]),
  models('one part of a megabyte for 10,000 attributes', () => {
    const many = Array.from({ length: 10_000 }, (_, index): [string, Attribute] => [
      (0x0011_1000 + index).toString(16).padStart(8, '0'),
      { vr: 'OB', BulkDataURI: 'a' },
    ]);
    return [metadata(about('10,000 references', Object.fromEntries(many))), bulk('a', Buffer.alloc(MB))];
  }),
  models('one part of a megabyte for 1,000 items', () => {
    const items = Array.from({ length: 1000 }, () => ({ '00420011': { vr: 'OB', BulkDataURI: 'a' } }) as const);
    const held: Attribute = { vr: 'SQ', Value: items };
    return [metadata(about('1,000 items', { '00081140': held })), bulk('a', Buffer.alloc(MB))];
  }),
  models('a part whose name is a megabyte', () => [
    metadata(about('name', {})),
    { headers: { 'content-type': 'image/jpeg', 'content-location': 'x'.repeat(MB) }, bytes: Buffer.alloc(1) },
  ]),
  models('references to files of the server', () => [
    metadata(
      about('files', {
        [TAG.PixelData]: { vr: 'OW', BulkDataURI: 'file:///etc/passwd' },
        '00420011': { vr: 'OB', BulkDataURI: 'http://127.0.0.1:1/' },
      }),
    ),
  ]),
];

/** What is made of it is asked for, too: the bombs are asked for elsewhere. */
const CODED: readonly WebCase[] = CODED_PARTS.map(({ name, type, bytes }) => ({
  ...models(
    name,
    () => [metadata(about(name, { [TAG.PixelData]: { vr: 'OW', BulkDataURI: 'p' } })), bulk('p', bytes(), type)],
    JUDGED,
  ),
  ...(name.endsWith('as a part') ? {} : { kept: placeOf(name) }),
}));

/** Zeros, of which a compressor makes next to nothing. */
const zeros = (bytes: number): Buffer => zstdCompressSync(Buffer.alloc(bytes));
const PART10 = 'application/dicom';
const MULTIPART = 'multipart/related; type="application/dicom"; boundary=part';

const COMPRESSED: readonly WebCase[] = [
  plain('10 kB that zstd makes 300 MB of, as an object', PART10, () => zeros(300 * MB), [400, 409, 413], 'zstd'),
  plain('10 kB that zstd makes 300 MB of, as metadata', JSON_TYPE, () => zeros(300 * MB), REFUSED, 'zstd'),
  plain('10 kB that zstd makes 300 MB of, before the first part', MULTIPART, () => zeros(300 * MB), REFUSED, 'zstd'),
  plain('zstd of zstd of zeros', PART10, () => zstdCompressSync(zeros(100 * MB)), NOT_STORED, 'zstd'),
  plain('what zstd never made', PART10, () => Buffer.alloc(1000, 7), REFUSED, 'zstd'),
  plain('zstd that is cut off', JSON_TYPE, () => zeros(MB).subarray(0, 20), REFUSED, 'zstd'),
  // A frame header that asks for a window of 2 GiB. RFC 8878 3.1.1.1.
  plain('zstd of a window of 2 GiB', PART10, () => Buffer.from('28b52ffd00a8', 'hex'), REFUSED, 'zstd'),
  ...['gzip', 'deflate', 'br', 'zstd, zstd', 'x-'.repeat(2000)].map((encoding) =>
    plain(`zeros called ${encoding.slice(0, 20)}`, PART10, () => Buffer.alloc(1000), [415], encoding),
  ),
];

/** STOW of metadata with bulk data, and of compressed bodies. PS3.18 10.5. */
export const MODELS: readonly WebCase[] = [...STRUCTURE, ...CODED, ...COMPRESSED];
