import { u16be, u32be } from '../byte-order.ts';
import { CODE_STREAMS } from '../code-streams.ts';

/** Bytes that come as a picture, film or document, and are none that one should believe. */
interface CodedPart {
  readonly name: string;
  readonly type: string;
  bytes(): Buffer;
}

const TYPES: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.2.4.50': 'image/jpeg',
  '1.2.840.10008.1.2.4.70': 'image/jpeg',
  '1.2.840.10008.1.2.4.80': 'image/jls',
  '1.2.840.10008.1.2.4.90': 'image/jp2',
  '1.2.840.10008.1.2.4.201': 'image/jphc',
  '1.2.840.10008.1.2.5': 'image/dicom-rle',
};

/** A box of an MP4 file; its length is said otherwise where one likes. ISO 14496-12 4.2. */
function box(name: string, content: Buffer, length: number = content.byteLength + 8): Buffer {
  return Buffer.concat([u32be(length >>> 0), Buffer.from(name, 'latin1'), content]);
}

function film({ frames = 1, rows = 480, columns = 640, tracks = 1 }): Buffer {
  const setup = box('avcC', Buffer.from([1, 100, 0, 41, 0xff, 0xe0, 0, 0]));
  const entry = Buffer.concat([Buffer.alloc(24), u16be(columns), u16be(rows), Buffer.alloc(50), setup]);
  const stsd = box('stsd', Buffer.concat([u32be(0), u32be(1), box('avc1', entry)]));
  const stsz = box('stsz', Buffer.concat([u32be(0), u32be(1), u32be(frames)]));
  const mdhd = box('mdhd', Buffer.concat([Buffer.alloc(12), u32be(0), u32be(0xffff_ffff), Buffer.alloc(4)]));
  const media = box('mdia', Buffer.concat([mdhd, box('minf', box('stbl', Buffer.concat([stsd, stsz])))]));
  const trak = box('trak', media);
  return Buffer.concat([box('ftyp', Buffer.from('isom\0\0\0\0')), box('moov', Buffer.concat(Array(tracks).fill(trak)))]);
}

const FTYP = box('ftyp', Buffer.from('isom\0\0\0\0'));
const MANY = 100_000;

const FILMS: Readonly<Record<string, () => Buffer>> = {
  'of 2^32 - 1 frames': () => film({ frames: 0xffff_ffff }),
  'of no frames, 65535 high': () => film({ frames: 0, rows: 65_535, columns: 65_535 }),
  'whose boxes have no length': () => Buffer.concat([FTYP, Buffer.alloc(8 * MANY, box('free', Buffer.alloc(0)))]),
  'whose index calls itself 4 GB': () => Buffer.concat([FTYP, box('moov', Buffer.alloc(100), 0xffff_fffe)]),
  'whose box has 2^63 bytes': () => Buffer.concat([FTYP, u32be(1), Buffer.from('mdat'), u32be(0x7fff_ffff), u32be(0xffff_ffff)]),
  'whose index has 17 MB': () => Buffer.concat([FTYP, box('moov', Buffer.alloc(17_000_000))]),
  'of a thousand tracks of nothing': () =>
    Buffer.concat([FTYP, box('moov', Buffer.alloc(8 * MANY, box('trak', Buffer.alloc(0))))]),
  '10,000 boxes deep': () => {
    const heads = Array.from({ length: 10_000 }, (_, depth) => box('trak', Buffer.alloc(0), 8 * (10_000 - depth)));
    return Buffer.concat([FTYP, box('moov', Buffer.concat(heads))]);
  },
};

/** An EXIF whose directories point at themselves. TIFF 6.0. */
function loopedExif(): Buffer {
  const entry = (tag: number) => Buffer.concat([u16be(tag), u16be(4), u32be(1), u32be(8)]);
  const directory = Buffer.concat([u16be(2), entry(0x8769), entry(0x8825), u32be(8)]);
  const content = Buffer.concat([Buffer.from('Exif\0\0MM\0*'), u32be(8), directory]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xe1]),
    u16be(content.byteLength + 2),
    content,
    Buffer.from([0xff, 0xd9]),
  ]);
}

const PICTURES: Readonly<Record<string, () => Buffer>> = {
  'with an EXIF that points at itself': loopedExif,
  'of two million empty segments': () =>
    Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(8_000_000, Buffer.from([0xff, 0xe1, 0, 2]))]),
  'of fill bytes alone': () => Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(4_000_000, 0xff)]),
  'whose segments have no length': () =>
    Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(4_000_000, Buffer.from([0xff, 0xe1, 0, 0]))]),
};

export const CODED_PARTS: readonly CodedPart[] = [
  ...CODE_STREAMS.map(({ name, transferSyntaxUid, bytes }) => ({
    name: `${name}, as a part`,
    type: TYPES[transferSyntaxUid] ?? 'application/octet-stream',
    bytes: () => bytes,
  })),
  ...Object.entries(FILMS).map(([name, bytes]) => ({ name: `a film ${name}`, type: 'video/mp4', bytes })),
  ...Object.entries(PICTURES).map(([name, bytes]) => ({ name: `a JPEG ${name}`, type: 'image/jpeg', bytes })),
  { name: 'a PDF that is none', type: 'application/pdf', bytes: () => Buffer.from('%PDF-') },
  { name: 'a type of any length', type: `image/${'x'.repeat(10_000)}`, bytes: () => Buffer.alloc(10) },
  { name: 'a transfer syntax that nobody has', type: 'image/jpeg; transfer-syntax=../x', bytes: loopedExif },
];
