import { deflateRawSync } from 'node:zlib';
import { CODE_STREAMS } from './code-streams.ts';
import {
  deflatedZeros,
  element,
  encapsulated,
  type Image,
  identity,
  imageAttributes,
  itemEnd,
  itemStart,
  namesOf,
  sequenceEnd,
  UNDEFINED,
  us,
} from './elements.ts';
import { part10 } from './objects.ts';
import { DEFLATED, EXPLICIT, IMPLICIT, SECONDARY_CAPTURE } from './pdus.ts';

/** An object that costs whoever takes its word more than it holds. */
export interface Bomb {
  readonly name: string;
  readonly study: string;
  readonly series: string;
  readonly sop: string;
  /** Made when it is asked for: some are large. */
  file(): Buffer;
}

/** `content` is what follows the UIDs. */
function bomb(name: string, content: () => Buffer, transferSyntaxUid: string = EXPLICIT): Bomb {
  const names = namesOf(name);
  return {
    name,
    ...names,
    file: () => part10(names, transferSyntaxUid, Buffer.concat([identity(names, SECONDARY_CAPTURE), content()])),
  };
}

/** `dataSet` is deflated with what it makes of the UIDs. */
function deflatedBomb(name: string, deflate: (head: Buffer) => Buffer): Bomb {
  const names = namesOf(name);
  return { name, ...names, file: () => part10(names, DEFLATED, deflate(identity(names, SECONDARY_CAPTURE))) };
}

const CODE = element('00080100', 'SH', 'X');

/** Sequences within sequences; the lengths undefined, or each of them right. */
function nested(depth: number, defined: boolean): Buffer {
  if (!defined) {
    const open = Buffer.concat([element('00081140', 'SQ', Buffer.alloc(0), UNDEFINED), itemStart()]);
    const close = Buffer.concat([itemEnd, sequenceEnd]);
    return Buffer.concat([...Array.from({ length: depth }, () => open), CODE, ...Array.from({ length: depth }, () => close)]);
  }
  // Written from within: each level is a header of 20 bytes before what it holds.
  const headers: Buffer[] = [];
  for (let level = 0, inner = CODE.byteLength; level < depth; level += 1, inner += 20) {
    headers.push(Buffer.concat([element('00081140', 'SQ', Buffer.alloc(0), inner + 8), itemStart(inner)]));
  }
  return Buffer.concat([...headers.reverse(), CODE]);
}

/** The same within UN, which is read as implicit little endian. PS3.5 6.2.2 note 2. */
function nestedUnknown(depth: number): Buffer {
  let inner = CODE.subarray(0, 0);
  for (let level = 0; level < depth; level += 1) {
    const header = Buffer.alloc(16);
    header.writeUInt32LE(0x1140_0008, 0);
    header.writeUInt32LE(inner.byteLength + 8, 4);
    header.writeUInt32LE(0xe000_fffe, 8);
    header.writeUInt32LE(inner.byteLength, 12);
    inner = Buffer.concat([header, inner]);
  }
  return element('00081140', 'UN', inner.subarray(8));
}

function image(facts: Image, ...pixels: readonly Buffer[]): () => Buffer {
  return () =>
    Buffer.concat([imageAttributes(facts), ...(pixels.length > 0 ? pixels : [element('7FE00010', 'OW', Buffer.alloc(64))])]);
}

const MEASURES: Readonly<Record<string, Image>> = {
  '65535x65535': { rows: 65_535, columns: 65_535 },
  'no rows': { rows: 0, columns: 8 },
  'no columns': { rows: 8, columns: 0 },
  '2^31 - 1 frames': { rows: 8, columns: 8, frames: '2147483647' },
  '99999999999 frames': { rows: 8, columns: 8, frames: '99999999999' },
  'minus one frame': { rows: 8, columns: 8, frames: '-1' },
  '1e9 frames of one pixel': { rows: 1, columns: 1, frames: '1000000000', allocated: 1, stored: 1 },
  'no bits allocated': { rows: 8, columns: 8, allocated: 0, stored: 0 },
  '65535 bits allocated': { rows: 8, columns: 8, allocated: 65_535, stored: 65_535 },
  '7 bits allocated': { rows: 8, columns: 8, allocated: 7, stored: 9 },
  '64 bits allocated': { rows: 8, columns: 8, allocated: 64, stored: 64 },
  'more bits stored than allocated': { rows: 8, columns: 8, allocated: 8, stored: 200 },
  'no samples': { rows: 8, columns: 8, samples: 0 },
  '65535 samples': { rows: 8, columns: 8, samples: 65_535 },
  'a colour model nobody has': { rows: 8, columns: 8, photometric: '__proto__' },
  '8192x8192 of nothing': { rows: 8192, columns: 8192, allocated: 16, stored: 16 },
};

const PALETTE = { rows: 8, columns: 8, photometric: 'PALETTE COLOR' };

function palette(descriptor: readonly number[], tag: '0028120' | '0028122', data: Buffer): () => Buffer {
  return () =>
    Buffer.concat([
      imageAttributes(PALETTE),
      ...[1, 2, 3].map((channel) => element(`0028110${channel}`, 'US', us(...descriptor))),
      ...[1, 2, 3].map((channel) => element(`${tag}${channel}`, 'OW', data)),
      element('7FE00010', 'OB', Buffer.alloc(64, 200)),
    ]);
}

const LUT_ITEM = (descriptor: readonly number[], data: Buffer) =>
  Buffer.concat([itemStart(), element('00283002', 'US', us(...descriptor)), element('00283006', 'OW', data), itemEnd]);

const STRUCTURE: readonly Bomb[] = [
  bomb('10,000 sequences deep, undefined lengths', () => nested(10_000, false)),
  bomb('10,000 sequences deep, lengths that are right', () => nested(10_000, true)),
  bomb('10,000 sequences deep, within UN', () => nestedUnknown(10_000)),
  bomb('10 million elements of no length', () => Buffer.alloc(80_000_000, element('00091001', 'LO', ''))),
  bomb('10 million items of no length', () =>
    Buffer.concat([element('00081140', 'SQ', Buffer.alloc(0), UNDEFINED), Buffer.alloc(80_000_000, itemStart(0)), sequenceEnd]),
  ),
  bomb('30 million values of one attribute', () => element('00189004', 'UC', Buffer.alloc(30_000_000, '\\'))),
  bomb('a million numbers written out', () => element('00720070', 'UT', '1\\'.repeat(1_000_000))),
  bomb(
    '2 million fragments',
    () =>
      Buffer.concat([
        imageAttributes({ rows: 8, columns: 8 }),
        element('7FE00010', 'OB', Buffer.alloc(0), UNDEFINED),
        Buffer.alloc(16_000_000, itemStart(0)),
        sequenceEnd,
      ]),
    '1.2.840.10008.1.2.4.90',
  ),
  bomb('an element of 4 GB that is not there', () => element('00091001', 'UN', Buffer.alloc(8), 0xffff_fffe)),
  bomb(
    'pixels of 4 GB that are not there',
    image({ rows: 8, columns: 8 }, element('7FE00010', 'OW', Buffer.alloc(8), 0xffff_fffe)),
  ),
  bomb('a megabyte of escapes in a name', () =>
    Buffer.concat([
      element('00080005', 'CS', '\\ISO 2022 IR 87\\ISO 2022 IR 149\\ISO 2022 IR 58'),
      element('00104000', 'UT', Buffer.alloc(1_000_000, '\u001b$B0!\u001b(B^=')),
    ]),
  ),
  bomb('ten thousand character sets', () => element('00080005', 'CS', 'ISO 2022 IR 87\\'.repeat(4000).slice(0, 65_534))),
  bomb('a private creator that is a sequence, and one called __proto__', () =>
    Buffer.concat([
      element('00090010', 'SQ', Buffer.alloc(0), UNDEFINED),
      itemStart(),
      element('00090010', 'LO', '__proto__'),
      itemEnd,
      sequenceEnd,
      element('00110010', 'LO', '__proto__'),
      element('00111001', 'UN', Buffer.alloc(4)),
      element('00130010', 'LO', 'constructor'),
      element('00130010', 'LO', 'x'.repeat(60_000)),
      element('00131001', 'AT', Buffer.alloc(5)),
    ]),
  ),
  bomb('group lengths and markers where none belong', () =>
    Buffer.concat([
      element('00000000', 'UL', Buffer.alloc(4, 255)),
      itemStart(0),
      sequenceEnd,
      element('FFFEE000', 'UN', Buffer.alloc(4)),
    ]),
  ),
  bomb('the same attributes twice, the second time otherwise', () =>
    Buffer.concat([element('00080018', 'UI', '1.2.3'), element('0020000D', 'UI', '../../x')]),
  ),
];

const INFLATED: readonly Bomb[] = [
  deflatedBomb('300 kB that inflate to 300 MB', (head) =>
    deflatedZeros(Buffer.concat([head, element('00420011', 'OB', Buffer.alloc(0), 300_000_000)]), 300_000_000),
  ),
  deflatedBomb('a deflate stream of 10,000 sequences', (head) => deflateRawSync(Buffer.concat([head, nested(10_000, false)]))),
  deflatedBomb('a deflate stream of deflate streams', (head) =>
    deflateRawSync(Buffer.concat([head, deflateRawSync(deflateRawSync(Buffer.alloc(10_000_000)))])),
  ),
  deflatedBomb('a deflate stream that is cut off', (head) =>
    deflateRawSync(Buffer.concat([head, Buffer.alloc(10_000)])).subarray(0, 100),
  ),
  deflatedBomb('no deflate stream at all', (head) => head),
];

const PIXELS: readonly Bomb[] = [
  ...Object.entries(MEASURES).map(([name, facts]) => bomb(name, image(facts))),
  ...CODE_STREAMS.flatMap(({ name, transferSyntaxUid, bytes }) => [
    bomb(`${name}, called 64x64`, image({ rows: 64, columns: 64 }, encapsulated(bytes)), transferSyntaxUid),
    bomb(`${name}, called 65535x65535`, image({ rows: 65_535, columns: 65_535 }, encapsulated(bytes)), transferSyntaxUid),
    bomb(
      `${name}, called 9000x9000 of a million frames`,
      image({ rows: 9000, columns: 9000, frames: '1000000' }, encapsulated(bytes)),
      transferSyntaxUid,
    ),
  ]),
  bomb('a palette of 65,536 entries that are not there', palette([0, 0, 16], '0028120', Buffer.alloc(2))),
  bomb('a palette of any bits', palette([256, 65_535, 65_535], '0028120', Buffer.alloc(512))),
  bomb('a palette of one value too few', palette([256], '0028120', Buffer.alloc(512))),
  bomb('a segmented palette that calls itself', palette([0, 0, 16], '0028122', us(2, 65_535, 0, 0, 2, 1, 0, 0))),
  bomb(
    'a segmented palette of long lines',
    palette([0, 0, 16], '0028122', us(...Array.from({ length: 3000 }, () => [1, 65_535, 7]).flat())),
  ),
  bomb('a window of no width and a slope without end', () =>
    Buffer.concat([
      imageAttributes({ rows: 8, columns: 8 }),
      element('00281050', 'DS', 'NaN\\1e308\\-1e308'),
      element('00281051', 'DS', '0\\-1\\1e-308'),
      element('00281052', 'DS', '1e308'),
      element('00281053', 'DS', '-1e308'),
      element('7FE00010', 'OW', Buffer.alloc(64, 3)),
    ]),
  ),
  bomb('modality and VOI tables of any size', () =>
    Buffer.concat([
      imageAttributes({ rows: 8, columns: 8 }),
      element('00283000', 'SQ', Buffer.alloc(0), UNDEFINED),
      LUT_ITEM([0, 65_535, 16], Buffer.alloc(2)),
      sequenceEnd,
      element('00283010', 'SQ', Buffer.alloc(0), UNDEFINED),
      LUT_ITEM([1], Buffer.alloc(0)),
      LUT_ITEM([65_535, 0, 200], Buffer.alloc(20)),
      sequenceEnd,
      element('7FE00010', 'OW', Buffer.alloc(64, 3)),
    ]),
  ),
  bomb('overlays of any size', () =>
    Buffer.concat([
      imageAttributes({ rows: 8, columns: 8 }),
      element('60000010', 'US', us(65_535)),
      element('60000011', 'US', us(65_535)),
      element('60000050', 'SS', us(32_768, 32_767)),
      element('60003000', 'OW', Buffer.alloc(8)),
      element('7FE00010', 'OW', Buffer.alloc(64, 3)),
    ]),
  ),
  bomb(
    'an offset table of 2^32 - 1',
    () =>
      Buffer.concat([
        imageAttributes({ rows: 8, columns: 8, frames: '1000' }),
        element('7FE00001', 'OV', Buffer.alloc(8000, 255)),
        element('7FE00002', 'OV', Buffer.alloc(8000, 255)),
        element('7FE00010', 'OB', Buffer.alloc(0), UNDEFINED),
        itemStart(4000),
        Buffer.alloc(4000, 255),
        itemStart(4),
        Buffer.alloc(4),
        sequenceEnd,
      ]),
    '1.2.840.10008.1.2.4.90',
  ),
  bomb('an implicit data set called explicit', () => Buffer.concat([nestedUnknown(3), Buffer.alloc(100)]), IMPLICIT),
];

export const BOMBS: readonly Bomb[] = [...STRUCTURE, ...INFLATED, ...PIXELS];
