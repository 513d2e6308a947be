import { u16be, u32be } from './byte-order.ts';

/** Compressed frames that say they are larger than anything, and hold next to nothing. */
export interface CodeStream {
  readonly name: string;
  readonly transferSyntaxUid: string;
  readonly bytes: Buffer;
}

const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
const JPEG_LOSSLESS = '1.2.840.10008.1.2.4.70';
const JPEG_LS = '1.2.840.10008.1.2.4.80';
const JPEG_2000 = '1.2.840.10008.1.2.4.90';
const HTJ2K = '1.2.840.10008.1.2.4.201';
const RLE = '1.2.840.10008.1.2.5';

const SOI = Buffer.from([0xff, 0xd8]);
const EOI = Buffer.from([0xff, 0xd9]);

function segment(code: number, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([0xff, code]), u16be(body.byteLength + 2), body]);
}

/** Frame header. ITU-T T.81 B.2.2. */
function frameHeader(code: number, precision: number, height: number, width: number, components: number): Buffer {
  const each = Array.from({ length: components }, (_, index) => Buffer.from([index + 1, 0x11, 0]));
  return segment(code, Buffer.from([precision]), u16be(height), u16be(width), Buffer.from([components]), ...each);
}

function scan(components: number, ...parameters: readonly number[]): Buffer {
  const each = Array.from({ length: components }, (_, index) => Buffer.from([index + 1, 0]));
  return segment(0xda, Buffer.from([components]), ...each, Buffer.from(parameters));
}

const quantization = segment(0xdb, Buffer.from([0]), Buffer.alloc(64, 1));
/** One code of one bit for symbol 0: each zero bit is a block, so a byte is eight of them. */
const huffman = (kind: number): Buffer => segment(0xc4, Buffer.from([kind, 1]), Buffer.alloc(15), Buffer.from([0]));

function jpeg(code: number, height: number, width: number, components: number, scans: number, data: Buffer): Buffer {
  const last = code === 0xc3 ? [1, 0, 0] : [0, 63, 0];
  return Buffer.concat([
    SOI,
    quantization,
    huffman(0x00),
    huffman(0x10),
    frameHeader(code, 8, height, width, components),
    ...Array.from({ length: scans }, () => Buffer.concat([scan(components, ...last), data])),
    EOI,
  ]);
}

/** SIZ with any size and tiles. ISO 15444-1 A.5.1. */
function jpeg2000(size: number, tile: number, components: number, capabilities: number, extra: Buffer): Buffer {
  const siz = segment(
    0x51,
    u16be(capabilities),
    ...[size, size, 0, 0, tile, tile, 0, 0].map(u32be),
    u16be(components),
    Buffer.from(Array.from({ length: Math.min(components, 4000) }, () => [7, 1, 1]).flat()),
  );
  const cod = segment(0x52, Buffer.from([0, 0, 0, 1, 0, 5, 4, 4, capabilities === 0 ? 0 : 0x40, 1]));
  const qcd = segment(0x5c, Buffer.from([0x40, ...Array.from({ length: 16 }, () => 0x48)]));
  const sot = segment(0x90, u16be(0), u32be(14), Buffer.from([0, 1]));
  return Buffer.concat([Buffer.from([0xff, 0x4f]), siz, extra, cod, qcd, sot, Buffer.from([0xff, 0x93]), EOI]);
}

const CAP = segment(0x50, u32be(0x0002_0000), u16be(0));

/** Sixteen offsets and a run of zeros, 128 for two bytes. PS3.5 G. */
function rle(segments: number, offsets: readonly number[], pairs: number): Buffer {
  const header = Buffer.alloc(64);
  header.writeUInt32LE(segments, 0);
  for (const [index, offset] of offsets.entries()) {
    header.writeUInt32LE(offset, 4 + 4 * index);
  }
  return Buffer.concat([header, Buffer.alloc(2 * pairs, Buffer.from([0x81, 0]))]);
}

export const CODE_STREAMS: readonly CodeStream[] = [
  {
    name: 'JPEG of 65535x65535 without data',
    transferSyntaxUid: JPEG_BASELINE,
    bytes: jpeg(0xc0, 65_535, 65_535, 3, 1, Buffer.alloc(2)),
  },
  { name: 'JPEG of 65500x1', transferSyntaxUid: JPEG_BASELINE, bytes: jpeg(0xc0, 65_500, 1, 1, 1, Buffer.alloc(1000)) },
  { name: 'JPEG of 20,000 scans', transferSyntaxUid: JPEG_BASELINE, bytes: jpeg(0xc2, 2000, 2000, 1, 20_000, Buffer.alloc(4)) },
  { name: 'JPEG of no height', transferSyntaxUid: JPEG_BASELINE, bytes: jpeg(0xc0, 0, 64, 1, 1, Buffer.alloc(64)) },
  { name: 'JPEG of 255 components', transferSyntaxUid: JPEG_BASELINE, bytes: jpeg(0xc0, 64, 64, 255, 1, Buffer.alloc(64)) },
  {
    name: 'JPEG with a segment of any length',
    transferSyntaxUid: JPEG_BASELINE,
    bytes: Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0xff, 0xff, 0]),
  },
  {
    name: 'lossless JPEG of 65535x65535',
    transferSyntaxUid: JPEG_LOSSLESS,
    bytes: jpeg(0xc3, 65_535, 65_535, 1, 1, Buffer.alloc(2)),
  },
  {
    name: 'JPEG-LS of 65535x65535',
    transferSyntaxUid: JPEG_LS,
    bytes: Buffer.concat([SOI, frameHeader(0xf7, 8, 65_535, 65_535, 1), scan(1, 0, 0, 0), Buffer.alloc(1000), EOI]),
  },
  {
    name: 'JPEG-LS of 16 bit and no data',
    transferSyntaxUid: JPEG_LS,
    bytes: Buffer.concat([SOI, frameHeader(0xf7, 16, 10_000, 10_000, 1), scan(1, 0, 0, 0), Buffer.from([0xff, 0x7f]), EOI]),
  },
  {
    name: 'JPEG 2000 of 2^32 - 1',
    transferSyntaxUid: JPEG_2000,
    bytes: jpeg2000(0xffff_ffff, 0xffff_ffff, 1, 0, Buffer.alloc(0)),
  },
  { name: 'JPEG 2000 of 20000 in tiles of 1', transferSyntaxUid: JPEG_2000, bytes: jpeg2000(20_000, 1, 1, 0, Buffer.alloc(0)) },
  { name: 'JPEG 2000 of 9000 without data', transferSyntaxUid: JPEG_2000, bytes: jpeg2000(9_000, 9_000, 3, 0, Buffer.alloc(0)) },
  { name: 'JPEG 2000 of 16384 components', transferSyntaxUid: JPEG_2000, bytes: jpeg2000(64, 64, 16_384, 0, Buffer.alloc(0)) },
  { name: 'HTJ2K of 2^32 - 1', transferSyntaxUid: HTJ2K, bytes: jpeg2000(0xffff_ffff, 0xffff_ffff, 1, 0x4000, CAP) },
  { name: 'HTJ2K of 9000 without data', transferSyntaxUid: HTJ2K, bytes: jpeg2000(9_000, 9_000, 1, 0x4000, CAP) },
  { name: 'HTJ2K of 20000 in tiles of 1', transferSyntaxUid: HTJ2K, bytes: jpeg2000(20_000, 1, 1, 0x4000, CAP) },
  { name: 'RLE of 2^32 - 1 segments', transferSyntaxUid: RLE, bytes: rle(0xffff_ffff, [64], 100) },
  { name: 'RLE with offsets beyond its end', transferSyntaxUid: RLE, bytes: rle(3, [64, 0xffff_ffff, 10], 100) },
  { name: 'RLE that expands 64 times', transferSyntaxUid: RLE, bytes: rle(1, [64], 500_000) },
  { name: 'no bytes at all', transferSyntaxUid: JPEG_2000, bytes: Buffer.alloc(0) },
];
