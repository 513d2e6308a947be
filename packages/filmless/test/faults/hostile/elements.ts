import { deflateRawSync } from 'node:zlib';
import { LONG_VRS, type Vr } from '@filmless/dicom';
import { uidFrom } from '../random.ts';
import type { Names } from './data-sets.ts';
import { SEED } from './dice.ts';

/** Elements written by hand in Explicit VR Little Endian, with any length one likes. PS3.5 7.1.2. */
export function element(tag: string, vr: Vr, value: Uint8Array | string, length?: number): Buffer {
  const bytes = typeof value === 'string' ? text(value, vr) : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const said = length ?? bytes.byteLength;
  const long = LONG_VRS.has(vr);
  const header = Buffer.alloc(long ? 12 : 8);
  header.writeUInt16LE(Number.parseInt(tag.slice(0, 4), 16), 0);
  header.writeUInt16LE(Number.parseInt(tag.slice(4), 16), 2);
  header.write(vr, 4, 'latin1');
  if (long) {
    header.writeUInt32LE(said, 8);
  } else {
    header.writeUInt16LE(said & 0xffff, 6);
  }
  return Buffer.concat([header, bytes]);
}

function text(value: string, vr: Vr): Buffer {
  const padded = Buffer.byteLength(value) % 2 === 0 ? value : `${value}${vr === 'UI' ? '\0' : ' '}`;
  return Buffer.from(padded);
}

export const UNDEFINED = 0xffffffff;

export function us(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) {
    bytes.writeUInt16LE(value & 0xffff, 2 * index);
  }
  return bytes;
}

/** Item or end marker: no VR. PS3.5 7.5. */
export function marker(element16: number, length: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(0xfffe, 0);
  bytes.writeUInt16LE(element16, 2);
  bytes.writeUInt32LE(length, 4);
  return bytes;
}

export const itemStart = (length: number = UNDEFINED): Buffer => marker(0xe000, length);
export const itemEnd: Buffer = marker(0xe00d, 0);
export const sequenceEnd: Buffer = marker(0xe0dd, 0);

/** Pixel Data in fragments: an empty offset table first. PS3.5 A.4. */
export function encapsulated(...fragments: readonly Uint8Array[]): Buffer {
  const items = fragments.flatMap((fragment) => [itemStart(fragment.byteLength), fragment]);
  return Buffer.concat([element('7FE00010', 'OB', Buffer.alloc(0), UNDEFINED), itemStart(0), ...items, sequenceEnd]);
}

export function namesOf(what: string): Names {
  const study = uidFrom(SEED, 'bomb');
  return { study, series: `${study}.1`, sop: uidFrom(SEED, 'bomb', what) };
}

/** What finds an object, at the head of a data set that ends as one likes. */
export function identity({ study, series, sop }: Names, sopClass: string): Buffer {
  return Buffer.concat([
    element('00080005', 'CS', 'ISO_IR 192'),
    element('00080016', 'UI', sopClass),
    element('00080018', 'UI', sop),
    element('00080060', 'CS', 'OT'),
    element('00100010', 'PN', 'Bomb'),
    element('00100020', 'LO', 'BOMB'),
    element('0020000D', 'UI', study),
    element('0020000E', 'UI', series),
  ]);
}

export interface Image {
  readonly rows: number;
  readonly columns: number;
  readonly frames?: string;
  readonly samples?: number;
  readonly allocated?: number;
  readonly stored?: number;
  readonly photometric?: string;
}

export function imageAttributes({ rows, columns, frames, samples = 1, allocated = 8, stored = 8, photometric }: Image): Buffer {
  return Buffer.concat([
    element('00280002', 'US', us(samples)),
    element('00280004', 'CS', photometric ?? (samples === 3 ? 'RGB' : 'MONOCHROME2')),
    ...(samples > 1 ? [element('00280006', 'US', us(0))] : []),
    ...(frames === undefined ? [] : [element('00280008', 'IS', frames)]),
    element('00280010', 'US', us(rows)),
    element('00280011', 'US', us(columns)),
    element('00280100', 'US', us(allocated)),
    element('00280101', 'US', us(stored)),
    element('00280102', 'US', us(stored - 1)),
    element('00280103', 'US', us(0)),
  ]);
}

/** Deflates `head`, then so many zeros, without holding them. */
export function deflatedZeros(head: Uint8Array, zeros: number): Buffer {
  return deflateRawSync(Buffer.concat([head, Buffer.alloc(zeros)]), { level: 9 });
}
