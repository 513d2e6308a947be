import type { Vr } from '../vr.ts';
import { type CodedSet, decodeAs, REPLACEMENT } from './coded-sets.ts';
import { isDelimiter } from './delimiters.ts';
import { type Repertoire, repertoire } from './terms.ts';

type ReverseTable = ReadonlyMap<string, readonly number[]>;

const encoder = new TextEncoder();
const ESCAPE = '\u001b';
const ASCII: CodedSet = { width: 1, escape: '(B', g1: false, decode: (bytes) => decodeAs('windows-1252', bytes) };

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

/** Every code a decoder knows, turned around. A character with several codes keeps the first. */
function reversed(codes: Iterable<readonly number[]>, decode: (bytes: Uint8Array) => string): ReverseTable {
  const table = new Map<string, readonly number[]>();
  for (const code of codes) {
    const character = decode(Uint8Array.from(code)).normalize('NFC');
    if (!character.includes(REPLACEMENT) && [...character].length === 1 && !table.has(character)) {
      table.set(character, code);
    }
  }
  return table;
}

function* pairs(first: readonly number[], second: readonly number[]): Iterable<readonly number[]> {
  for (const lead of first) {
    for (const trail of second) {
      yield [lead, trail];
    }
  }
}

function setTable(set: CodedSet): ReverseTable {
  const codes = set.g1 ? range(0xa1, 0xfe) : range(0x21, 0x7e);
  const single = set.g1 ? range(0xa0, 0xff) : range(0x20, 0x7e);
  return reversed(set.width === 2 ? pairs(codes, codes) : single.map((code) => [code]), (bytes) => set.decode(bytes));
}

/** The four-byte codes of GB 18030 in the Basic Multilingual Plane: 39,420 in a row. */
function* fourByteCodes(): Iterable<readonly number[]> {
  for (let index = 0; index < 39_420; index += 1) {
    const [a, b, c, d] = [Math.floor(index / 12_600), Math.floor(index / 1260) % 10, Math.floor(index / 10) % 126, index % 10];
    yield [0x81 + a, 0x30 + b, 0x81 + c, 0x30 + d];
  }
}

function* wholeCodes(label: string): Iterable<readonly number[]> {
  yield* range(0x80, 0xff).map((code) => [code]);
  if (!label.startsWith('windows') && label !== 'koi8-r') {
    yield* pairs(range(0x81, 0xfe), range(0x40, 0xfe));
  }
  if (label === 'gb18030') {
    yield* fourByteCodes();
  }
}

/** Tables are made when first needed: most data sets need none. */
const tables = new Map<CodedSet | string, ReverseTable>();

function tableOf(key: CodedSet | string): ReverseTable {
  let table = tables.get(key);
  if (table === undefined) {
    table = typeof key === 'string' ? reversed(wholeCodes(key), (bytes) => decodeAs(key, bytes)) : setTable(key);
    tables.set(key, table);
  }
  return table;
}

/** GB 18030 beyond the Basic Multilingual Plane: in a row from 0x90308130. */
function supplementary(character: string): readonly number[] | undefined {
  const index = (character.codePointAt(0) ?? 0) - 0x10000;
  return index < 0
    ? undefined
    : [
        0x90 + Math.floor(index / 12_600),
        0x30 + (Math.floor(index / 1260) % 10),
        0x81 + (Math.floor(index / 10) % 126),
        0x30 + (index % 10),
      ];
}

function isAscii(character: string): boolean {
  return character <= '\x7f';
}

function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    if (text.charCodeAt(index) > 0x7f || text[index] === ESCAPE) {
      return false;
    }
  }
  return true;
}

function encodeWhole(text: string, label: string): Uint8Array | undefined {
  if (label === 'utf-8') {
    return encoder.encode(text);
  }
  const bytes: number[] = [];
  for (const character of text) {
    const code = isAscii(character)
      ? [character.charCodeAt(0)]
      : (tableOf(label).get(character) ?? (label === 'gb18030' ? supplementary(character) : undefined));
    if (code === undefined) {
      return undefined;
    }
    bytes.push(...code);
  }
  return Uint8Array.from(bytes);
}

/** Writes with code extensions, going back to the first term's sets before each delimiter. PS3.5 6.1.2.5.3. */
class ExtendedEncoder {
  private g0: CodedSet = ASCII;
  private g1: CodedSet | undefined;
  private readonly bytes: number[] = [];
  private readonly sets: readonly CodedSet[];
  private readonly initial: CodedSet | undefined;
  private readonly vr: Vr;

  constructor(used: Extract<Repertoire, { kind: 'extended' }>, vr: Vr) {
    const [first] = used.sets;
    this.initial = first?.g1 === true && first.width === 1 ? first : undefined;
    this.sets = used.sets;
    this.g1 = this.initial;
    this.vr = vr;
  }

  /** False when no set holds the character. */
  write(character: string): boolean {
    if (character === ESCAPE) {
      return false;
    }
    if (isAscii(character)) {
      this.designate(ASCII);
      this.bytes.push(character.charCodeAt(0));
      if (isDelimiter(character.charCodeAt(0), this.vr)) {
        this.g1 = this.initial;
      }
      return true;
    }
    const current = this.g1 === undefined ? this.sets : [this.g1, ...this.sets];
    for (const set of current) {
      const code = tableOf(set).get(character);
      if (code !== undefined) {
        this.designate(set);
        this.bytes.push(...code);
        return true;
      }
    }
    return false;
  }

  private designate(set: CodedSet): void {
    if (set === (set.g1 ? this.g1 : this.g0)) {
      return;
    }
    this.bytes.push(0x1b, ...encoder.encode(set.escape));
    if (set.g1) {
      this.g1 = set;
    } else {
      this.g0 = set;
    }
  }

  end(): Uint8Array {
    this.designate(ASCII);
    return Uint8Array.from(this.bytes);
  }
}

/** Text (values already joined by a backslash) as bytes in the character sets a data set names; undefined when they cannot hold it. */
export function encodeText(text: string, terms: readonly string[], vr: Vr): Uint8Array | undefined {
  if (isPlain(text)) {
    return encoder.encode(text);
  }
  const used = repertoire(terms);
  if (used.kind === 'whole') {
    return encodeWhole(text, used.label);
  }
  const extended = new ExtendedEncoder(used, vr);
  for (const character of text) {
    if (!extended.write(character)) {
      return undefined;
    }
  }
  return extended.end();
}
