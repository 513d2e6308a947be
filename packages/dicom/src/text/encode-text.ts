import type { Vr } from '../vr.ts';
import { CODED_SETS, type CodedSet } from './coded-sets.ts';
import { isDelimiter } from './delimiters.ts';
import { supplementaryGb18030, tableOf } from './reverse-tables.ts';
import { type Repertoire, repertoire } from './terms.ts';

const encoder = new TextEncoder();
const ESCAPE = '\u001b';
const ESCAPE_CODE = 0x1b;
const ASCII: CodedSet = { width: 1, escape: '(B', g1: false, decode: () => '' };
/** JIS X 0201 romaji: what G0 holds where half-width katakana are in G1. */
const ROMAJI: CodedSet = { ...ASCII, escape: '(J' };

type Extended = Extract<Repertoire, { kind: 'extended' }>;

function isAscii(character: string): boolean {
  return character <= '\x7f';
}

/** Nothing but ASCII, which every character set holds. */
export function isPlain(text: string): boolean {
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f || code === ESCAPE_CODE) {
      return false;
    }
  }
  return true;
}

/** The code of a character beyond ASCII in one encoding for every byte. */
function wholeCode(character: string, label: string): readonly number[] | undefined {
  return tableOf(label).get(character) ?? (label === 'gb18030' ? supplementaryGb18030(character) : undefined);
}

function encodeWhole(text: string, label: string): Uint8Array | undefined {
  if (label === 'utf-8') {
    return encoder.encode(text);
  }
  const bytes: number[] = [];
  for (const character of text) {
    const code = isAscii(character) ? [character.charCodeAt(0)] : wholeCode(character, label);
    if (code === undefined) {
      return undefined;
    }
    bytes.push(...code);
  }
  return Uint8Array.from(bytes);
}

/**
 * Writes with code extensions, going back to the first term's sets before each delimiter. PS3.5 6.1.2.5.3. Receivers are known
 * that keep one set in mind instead of G0 and G1: so a set is designated again whenever another was in between.
 */
class ExtendedEncoder {
  private g0: CodedSet;
  private g1: CodedSet | undefined;
  /** What the last escape since the last delimiter designated. */
  private last: CodedSet | undefined;
  private readonly bytes: number[] = [];
  private readonly sets: readonly CodedSet[];
  private readonly initialG0: CodedSet;
  private readonly initialG1: CodedSet | undefined;
  private readonly vr: Vr;

  constructor(used: Extended, vr: Vr) {
    const { initial } = used;
    this.initialG0 = initial === CODED_SETS['13'] ? ROMAJI : ASCII;
    this.initialG1 = initial?.g1 === true && initial.width === 1 ? initial : undefined;
    this.sets = used.sets;
    this.g0 = this.initialG0;
    this.g1 = this.initialG1;
    this.vr = vr;
  }

  /** False when no set holds the character. */
  write(character: string): boolean {
    if (character === ESCAPE) {
      return false;
    }
    if (isAscii(character)) {
      this.ascii(character.charCodeAt(0));
      return true;
    }
    for (const set of this.last === undefined ? this.sets : [this.last, ...this.sets]) {
      const code = tableOf(set).get(character);
      if (code !== undefined) {
        this.use(set);
        this.bytes.push(...code);
        return true;
      }
    }
    return false;
  }

  private ascii(byte: number): void {
    if (isDelimiter(byte, this.vr)) {
      this.restore();
      this.last = undefined;
    }
    this.narrow();
    this.bytes.push(byte);
  }

  private use(set: CodedSet): void {
    if (this.last === undefined ? set === this.initialG1 : set === this.last) {
      return;
    }
    if (set.g1) {
      this.narrow();
    }
    this.designate(set);
  }

  /** G0 holds ASCII, or what the first term says. */
  private narrow(): void {
    if (this.g0 !== this.initialG0) {
      this.designate(this.initialG0);
    }
  }

  private restore(): void {
    this.narrow();
    if (this.initialG1 !== undefined && this.g1 !== this.initialG1) {
      this.designate(this.initialG1);
    }
  }

  private designate(set: CodedSet): void {
    this.bytes.push(0x1b, ...encoder.encode(set.escape));
    this.last = set;
    if (set.g1) {
      this.g1 = set;
    } else {
      this.g0 = set;
    }
  }

  end(): Uint8Array {
    this.restore();
    return Uint8Array.from(this.bytes);
  }
}

/**
 * Text (values already joined by a backslash, in NFC) as bytes in the character sets a data set names, by the defined terms of
 * Specific Character Set (0008,0005); undefined when they cannot hold it. ASCII is held by all: JIS X 0201 shows backslash and
 * tilde as yen sign and overline. PS3.3 C.12.1.1.2, PS3.5 6.1.2.5.
 */
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

/** Whether `encodeText` can write a text in these character sets. */
export function canHold(text: string, terms: readonly string[]): boolean {
  if (isPlain(text)) {
    return true;
  }
  const used = repertoire(terms);
  if (used.kind === 'whole') {
    return used.label === 'utf-8' || isEach(text, (character) => wholeCode(character, used.label) !== undefined);
  }
  return isEach(text, (character) => used.sets.some((set) => tableOf(set).has(character))) && !text.includes(ESCAPE);
}

function isEach(text: string, isHeld: (character: string) => boolean): boolean {
  for (const character of text) {
    if (!isAscii(character) && !isHeld(character)) {
      return false;
    }
  }
  return true;
}
