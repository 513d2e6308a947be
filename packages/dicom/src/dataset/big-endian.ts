import { LONG_VRS, VRS, type Vr } from '../vr.ts';

/** Bytes of the words whose order differs. AT is two words of two. PS3.5 7.3. */
export const WORD_BYTES: Partial<Record<Vr, number>> = {
  US: 2,
  SS: 2,
  OW: 2,
  AT: 2,
  UL: 4,
  SL: 4,
  FL: 4,
  OF: 4,
  OL: 4,
  FD: 8,
  OD: 8,
  SV: 8,
  UV: 8,
  OV: 8,
};

const BY_LETTERS: ReadonlyMap<string, Vr> = new Map(VRS.map((vr) => [vr, vr]));
const ITEM_HEADER = 8;

/** Turns the bytes of each word, in the same memory; a rest shorter than a word stays. */
export function turnedWords(bytes: Uint8Array, width: number): Uint8Array {
  for (let start = 0; start + width <= bytes.byteLength; start += width) {
    bytes.subarray(start, start + width).reverse();
  }
  return bytes;
}

/**
 * A data set in Explicit VR Little Endian, as this package writes it, with all lengths given, in Explicit VR Big Endian. Values of UN
 * are little endian in every transfer syntax, and stay. PS3.5 7.3, 6.2.2, A.3.
 */
export function toBigEndian(littleEndian: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(littleEndian);
  turnElements(bytes);
  return bytes;
}

/** Recursion is safe: what this package writes is no deeper than its limit. */
function turnElements(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + ITEM_HEADER <= bytes.byteLength; ) {
    const vr = BY_LETTERS.get(String.fromCharCode(bytes[at + 4] ?? 0, bytes[at + 5] ?? 0)) ?? 'UN';
    const isLong = LONG_VRS.has(vr);
    const length = isLong ? view.getUint32(at + 8, true) : view.getUint16(at + 6, true);
    const start = at + (isLong ? 12 : ITEM_HEADER);
    turnedWords(bytes.subarray(at, at + 4), 2);
    turnedWords(isLong ? bytes.subarray(at + 8, at + 12) : bytes.subarray(at + 6, at + ITEM_HEADER), isLong ? 4 : 2);
    const value = bytes.subarray(start, start + length);
    if (vr === 'SQ') {
      turnItems(value);
    } else {
      turnedWords(value, WORD_BYTES[vr] ?? 1);
    }
    at = start + length;
  }
}

function turnItems(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + ITEM_HEADER <= bytes.byteLength; ) {
    const end = at + ITEM_HEADER + view.getUint32(at + 4, true);
    turnedWords(bytes.subarray(at, at + 4), 2);
    turnedWords(bytes.subarray(at + 4, at + ITEM_HEADER), 4);
    turnElements(bytes.subarray(at + ITEM_HEADER, end));
    at = end;
  }
}
