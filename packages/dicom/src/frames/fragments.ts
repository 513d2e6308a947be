import { DicomError } from '../errors.ts';
import type { ByteSource } from '../part10/byte-source.ts';
import type { ByteRange } from './model.ts';

/** One item of encapsulated pixel data. */
export interface Fragment extends ByteRange {
  /** The fragment begins as a JPEG, JPEG-LS, JPEG 2000 or JPEG XL code stream or file does. */
  readonly startsImage: boolean;
}

/** What stands between the start of encapsulated pixel data and its end. PS3.5 A.4. */
export interface FragmentScan {
  /** Offset of the first fragment's item tag: offset tables count from here. */
  readonly base: number;
  /** Entries of the Basic Offset Table, none when it is empty. PS3.5 A.4. */
  readonly offsetTable: readonly number[];
  readonly fragments: readonly Fragment[];
  /** First byte behind the pixel data. */
  readonly end: number;
  readonly warnings: readonly string[];
}

export interface FragmentLimits {
  /** Items in one Pixel Data: each costs some memory here and in the index. */
  readonly maxFragments: number;
}

export const DEFAULT_FRAGMENT_LIMITS: FragmentLimits = { maxFragments: 1_000_000 };

const ITEM = 0xfffee000;
const SEQUENCE_DELIMITATION = 0xfffee0dd;
const UNDEFINED_LENGTH = 0xffffffff;
/** An item's tag and length, and as much of its value as tells an image's beginning. */
const HEADER_BYTES = 8;
const SIGNATURE_BYTES = 12;

const SMALL_WINDOW_BYTES = 4 * 1024;
const LARGE_WINDOW_BYTES = 256 * 1024;

/**
 * Walks the items of encapsulated pixel data from `offset`, the first byte of its value, to the sequence delimitation item
 * or to `end`. Only item headers are looked at. Items are little endian in every encapsulated syntax. PS3.5 A.4.
 * @throws DicomError `truncated` when a fragment is cut off, `invalid-element`, `limit-exceeded`
 */
export async function scanFragments(
  source: ByteSource,
  offset: number,
  end: number = source.size,
  limits: FragmentLimits = DEFAULT_FRAGMENT_LIMITS,
): Promise<FragmentScan> {
  const window = new Window(source, Math.min(end, source.size));
  const table = await window.item(offset);
  if (table?.tag !== ITEM) {
    throw new DicomError('invalid-element', `encapsulated Pixel Data does not begin with an item, at byte ${offset}`);
  }
  const base = table.value + table.length;
  const offsetTable = readOffsetTable(await window.value(table.value, table.length, limits), table.length);
  const fragments: Fragment[] = [];
  let at = base;
  for (;;) {
    const item = await window.item(at);
    if (item === undefined) {
      return { base, offsetTable, fragments, end: at, warnings: ['Pixel Data ends without a sequence delimitation item'] };
    }
    if (item.tag === SEQUENCE_DELIMITATION) {
      return { base, offsetTable, fragments, end: item.value, warnings: [] };
    }
    if (item.tag !== ITEM) {
      const warning = `Pixel Data ends without a sequence delimitation item, at byte ${at}`;
      return { base, offsetTable, fragments, end: at, warnings: [warning] };
    }
    if (fragments.length >= limits.maxFragments) {
      throw new DicomError('limit-exceeded', `Pixel Data has more than ${limits.maxFragments} fragments`);
    }
    fragments.push({ offset: item.value, length: item.length, startsImage: item.startsImage });
    at = item.value + item.length;
  }
}

function readOffsetTable(bytes: Uint8Array, length: number): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: Math.floor(length / 4) }, (_, i) => view.getUint32(i * 4, true));
}

interface Item {
  readonly tag: number;
  readonly value: number;
  readonly length: number;
  readonly startsImage: boolean;
}

/** Reads item headers in a run of bytes that fits how far apart they lie. */
class Window {
  readonly #source: ByteSource;
  readonly #end: number;
  #bytes: Uint8Array = new Uint8Array();
  #start = 0;
  #lastLength = 0;

  constructor(source: ByteSource, end: number) {
    this.#source = source;
    this.#end = end;
  }

  /** The item at `offset`, or `undefined` where the object ends before it. */
  async item(offset: number): Promise<Item | undefined> {
    if (offset + HEADER_BYTES > this.#end) {
      return undefined;
    }
    const view = await this.#view(offset, HEADER_BYTES + SIGNATURE_BYTES);
    if (view.byteLength < HEADER_BYTES) {
      throw new DicomError('truncated', `the object ends at byte ${offset + view.byteLength}, within an item of Pixel Data`);
    }
    const tag = view.getUint16(0, true) * 0x10000 + view.getUint16(2, true);
    if (tag !== ITEM) {
      return { tag, value: offset + HEADER_BYTES, length: 0, startsImage: false };
    }
    const length = view.getUint32(4, true);
    if (length === UNDEFINED_LENGTH) {
      throw new DicomError('invalid-element', `an item of Pixel Data has no length, at byte ${offset}`);
    }
    if (offset + HEADER_BYTES + length > this.#end) {
      throw new DicomError(
        'truncated',
        `an item of Pixel Data should have ${length} bytes from byte ${offset + HEADER_BYTES}, but the data ends at byte ${this.#end}`,
      );
    }
    this.#lastLength = length;
    return { tag, value: offset + HEADER_BYTES, length, startsImage: startsImage(view, Math.min(length, SIGNATURE_BYTES)) };
  }

  async value(offset: number, length: number, limits: FragmentLimits): Promise<Uint8Array> {
    if (length > limits.maxFragments * 4) {
      throw new DicomError('limit-exceeded', `the Basic Offset Table has more than ${limits.maxFragments} entries`);
    }
    return this.#source.read(offset, length);
  }

  async #view(offset: number, length: number): Promise<DataView> {
    if (offset < this.#start || offset + length > this.#start + this.#bytes.length) {
      const wanted = Math.max(length, windowBytes(this.#lastLength));
      this.#bytes = await this.#source.read(offset, Math.min(wanted, this.#end - offset));
      this.#start = offset;
    }
    const skip = offset - this.#start;
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + skip, Math.min(length, this.#bytes.length - skip));
  }
}

/** Small items lie close together: one larger read then serves many of them. */
function windowBytes(lastLength: number): number {
  return lastLength * 16 > LARGE_WINDOW_BYTES ? 0 : Math.max(SMALL_WINDOW_BYTES, lastLength * 16);
}

/** PS3.5 A.4.1-A.4.4 name the code streams; some writers put them in a JP2 or JXL file. */
function startsImage(view: DataView, length: number): boolean {
  const first = length >= 4 ? view.getUint32(HEADER_BYTES) : 0;
  if (first === 0x0000000c && length >= 8) {
    const box = view.getUint32(HEADER_BYTES + 4);
    return box === 0x6a502020 || box === 0x4a584c20;
  }
  const jpeg = first >>> 8 === 0xffd8ff;
  const jpeg2000 = first === 0xff4fff51;
  const jpegXl = first >>> 16 === 0xff0a;
  return jpeg || jpeg2000 || jpegXl;
}
