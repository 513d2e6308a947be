import { type Attribute, type DataSet, numbers } from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';

/** Values for the inputs `first`, `first + 1` ...; inputs before and behind take the first and last value. PS3.3 C.11.1.1. */
export interface LookupTable {
  readonly first: number;
  readonly bits: number;
  readonly values: Uint16Array;
}

export type BulkReader = (uri: string) => Promise<Uint8Array>;

/** Entries, first input, bits of an entry: the three values of a LUT descriptor. PS3.3 C.11.1.1.1. */
export interface LutDescriptor {
  readonly entries: number;
  readonly first: number;
  readonly bits: number;
}

/** @param signed whether the inputs are signed: an `US` first input above 32,767 is then negative */
export function readDescriptor(dataSet: DataSet, tag: string, signed: boolean): LutDescriptor | undefined {
  const [entries, first, bits] = numbers(dataSet, tag);
  if (entries === undefined || first === undefined || bits === undefined || bits < 1 || bits > 16) {
    return undefined;
  }
  const count = entries === 0 ? 65_536 : entries < 0 ? entries + 65_536 : entries;
  return { entries: count, first: signed && first > 32_767 ? first - 65_536 : first, bits };
}

/** The table of one descriptor and data attribute; `undefined` when either is missing or empty. */
export async function readTable(
  dataSet: DataSet,
  descriptorTag: string,
  dataTag: string,
  signed: boolean,
  bulk: BulkReader | undefined,
): Promise<LookupTable | undefined> {
  const descriptor = readDescriptor(dataSet, descriptorTag, signed);
  if (descriptor === undefined) {
    return undefined;
  }
  const values = entriesOf(await readWords(dataSet[dataTag], bulk), descriptor);
  return values.length === 0 ? undefined : { first: descriptor.first, bits: descriptor.bits, values };
}

/** The value of a LUT data attribute, whichever of US, SS, OW, OB or UN it was written as, as bytes or words. */
export async function readWords(
  attribute: Attribute | undefined,
  bulk: BulkReader | undefined,
): Promise<Uint8Array | Uint16Array> {
  if (attribute?.Value !== undefined) {
    return Uint16Array.from(attribute.Value, (value) => (typeof value === 'number' ? value & 0xffff : 0));
  }
  if (attribute?.InlineBinary !== undefined) {
    return new Uint8Array(Buffer.from(attribute.InlineBinary, 'base64'));
  }
  if (attribute?.BulkDataURI === undefined) {
    return new Uint8Array(0);
  }
  if (bulk === undefined) {
    throw new ArchiveError('cannot-decode', 'a lookup table of this object lies outside its header and cannot be read');
  }
  return await bulk(attribute.BulkDataURI);
}

/** The value of an attribute of bytes, wherever it lies. */
export async function readBytes(attribute: Attribute | undefined, bulk: BulkReader | undefined): Promise<Uint8Array> {
  const read = await readWords(attribute, bulk);
  return read instanceof Uint16Array ? bytesOfWords(read) : read;
}

/** Words of 16 bits; a table of bytes has one byte an entry. */
function entriesOf(data: Uint8Array | Uint16Array, { entries, bits }: LutDescriptor): Uint16Array {
  if (data instanceof Uint16Array) {
    return bits <= 8 && data.length * 2 === entries + (entries & 1)
      ? Uint16Array.from(bytesOfWords(data).subarray(0, entries))
      : data.slice(0, entries);
  }
  if (data.length < 2 * entries) {
    return Uint16Array.from(data.subarray(0, entries));
  }
  return wordsOf(data).slice(0, entries);
}

/** Little-endian words. */
export function wordsOf(bytes: Uint8Array): Uint16Array {
  return Uint16Array.from({ length: bytes.length >> 1 }, (_, i) => (bytes[2 * i] ?? 0) | ((bytes[2 * i + 1] ?? 0) << 8));
}

function bytesOfWords(words: Uint16Array): Uint8Array {
  return Uint8Array.from({ length: 2 * words.length }, (_, i) => ((words[i >> 1] ?? 0) >> (8 * (i & 1))) & 0xff);
}

/** Applies a table to one input. */
export function lookUp(table: LookupTable, input: number): number {
  const index = Math.max(0, Math.min(table.values.length - 1, Math.round(input) - table.first));
  return table.values[index] ?? 0;
}
