import { VIETNAMESE_DECODERS } from './vietnamese.ts';

/**
 * The character repertoires of DICOM as sets of codes that can be put into G0 (7-bit codes) or G1 (8-bit codes) of ISO 2022.
 * The tables are those of TextDecoder, which Node and browsers carry. PS3.3 C.12.1.1.2, PS3.5 6.1.
 */
export interface CodedSet {
  /** Bytes a character. */
  readonly width: 1 | 2;
  /** What follows ESC to designate it. PS3.3 tables C.12-3 and C.12-4. */
  readonly escape: string;
  /** Codes are 8-bit: designated into G1. */
  readonly g1: boolean;
  /** One code's character, or U+FFFD. */
  decode(code: Uint8Array): string;
}

export const REPLACEMENT = '\ufffd';

const decoders = new Map<string, InstanceType<typeof TextDecoder>>();

/** Decoders are costly to make and hold no state between calls. */
export function decodeAs(label: string, bytes: Uint8Array): string {
  const vietnamese = VIETNAMESE_DECODERS.get(label);
  if (vietnamese !== undefined) {
    return vietnamese(bytes);
  }
  let decoder = decoders.get(label);
  if (decoder === undefined) {
    decoder = new TextDecoder(label);
    decoders.set(label, decoder);
  }
  return decoder.decode(bytes);
}

function labelled(label: string, final: string, width: 1 | 2 = 1): CodedSet {
  return { width, escape: final, g1: true, decode: (code) => decodeAs(label, code) };
}

/** Codes of a 94 by 94 set in EUC-JP, which marks those of JIS X 0212 by 0x8F. */
function eucJp(...lead: readonly number[]): (code: Uint8Array) => string {
  return (code) => decodeAs('euc-jp', Uint8Array.from([...lead, ...code.map((byte) => byte | 0x80)]));
}

/** Half-width katakana: 0xA1 to 0xDF are U+FF61 to U+FF9F. */
function katakana([byte = 0]: Uint8Array): string {
  return byte > 0xa0 && byte < 0xe0 ? String.fromCharCode(0xff61 + byte - 0xa1) : REPLACEMENT;
}

const latin: CodedSet['decode'] = (code) => decodeAs('windows-1252', code);

// NOTE: TextDecoder takes iso-8859-1 for windows-1252, -9 for -1254 and TIS 620 for -874: the same from 0xA0 on.
export const CODED_SETS: Readonly<Record<string, CodedSet>> = {
  6: { width: 1, escape: '(B', g1: false, decode: latin },
  14: { width: 1, escape: '(J', g1: false, decode: latin },
  13: { width: 1, escape: ')I', g1: true, decode: katakana },
  100: labelled('windows-1252', '-A'),
  101: labelled('iso-8859-2', '-B'),
  109: labelled('iso-8859-3', '-C'),
  110: labelled('iso-8859-4', '-D'),
  144: labelled('iso-8859-5', '-L'),
  127: labelled('iso-8859-6', '-G'),
  126: labelled('iso-8859-7', '-F'),
  138: labelled('iso-8859-8', '-H'),
  148: labelled('windows-1254', '-M'),
  203: labelled('iso-8859-15', '-b'),
  166: labelled('windows-874', '-T'),
  149: labelled('euc-kr', '$)C', 2),
  58: labelled('gbk', '$)A', 2),
  87: { width: 2, escape: '$B', g1: false, decode: eucJp() },
  159: { width: 2, escape: '$(D', g1: false, decode: eucJp(0x8f) },
};

/** What an escape sequence puts in use. */
export interface Designation {
  readonly set: CodedSet;
  /** Bytes after ESC. */
  readonly length: number;
}

function packed(bytes: ArrayLike<number>, position: number, length: number): number {
  let key = 0;
  for (let index = 0; index < length; index += 1) {
    key = key * 256 + (bytes[position + index] ?? 0);
  }
  return key;
}

function designations(): ReadonlyMap<number, Designation> {
  const sets = Object.values(CODED_SETS).map((set): [string, CodedSet] => [set.escape, set]);
  // JIS C 6226-1978, the forerunner of IR 87.
  const old = sets.filter(([sequence]) => sequence === '$B').map(([, set]): [string, CodedSet] => ['$@', set]);
  return new Map(
    [...sets, ...old].map(([sequence, set]) => {
      const codes = Array.from(sequence, (character) => character.charCodeAt(0));
      return [packed(codes, 0, codes.length), { set, length: codes.length }];
    }),
  );
}

let byEscape: ReadonlyMap<number, Designation> | undefined;

/** The designation that begins at `position`, just after ESC; undefined for an escape sequence nobody knows. */
export function designated(bytes: Uint8Array, position: number): Designation | undefined {
  byEscape ??= designations();
  return byEscape.get(packed(bytes, position, 2)) ?? byEscape.get(packed(bytes, position, 3));
}

const FIRST_CODE = 0x20;

/** Characters by code, filled when first needed: asking TextDecoder anew for every few bytes would let a hostile text take minutes. */
const tables = new Map<CodedSet, (string | undefined)[]>();

function characterAt(set: CodedSet, table: (string | undefined)[], lead: number, trail: number): string {
  const key = set.width === 1 ? lead : lead * 256 + trail;
  let character = table[key];
  if (character === undefined) {
    character = set.decode(Uint8Array.from(set.width === 1 ? [lead] : [lead, trail]));
    table[key] = character;
  }
  return character;
}

/** The characters of the codes from `start` to `end`, all of one set. */
export function decodeRun(set: CodedSet, bytes: Uint8Array, start: number, end: number): string {
  let table = tables.get(set);
  if (table === undefined) {
    table = Array.from({ length: set.width === 1 ? 0x100 : 0x10000 }, () => undefined);
    tables.set(set, table);
  }
  const characters: string[] = [];
  for (let position = start; position < end; position += set.width) {
    const [lead = 0, trail] = [bytes[position], bytes[position + 1]];
    const cut = set.width === 2 && (position + 1 >= end || (trail ?? 0) < FIRST_CODE);
    characters.push(cut ? REPLACEMENT : characterAt(set, table, lead, trail ?? 0));
  }
  return characters.join('');
}
