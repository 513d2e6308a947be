import type { Vr } from '../vr.ts';
import { type CodedSet, decodeAs, decodeRun, designated } from './coded-sets.ts';
import { isDelimiter } from './delimiters.ts';
import { type Repertoire, repertoire } from './terms.ts';

/** Turns the bytes of a text value, of one value or several, into Unicode (NFC). Never throws: text that is wrong stays readable. */
export interface CharacterSet {
  decode(bytes: Uint8Array, vr: Vr): string;
}

const ESCAPE = 0x1b;
const LATIN: CodedSet = { width: 1, escape: '-A', g1: true, decode: (code) => decodeAs('windows-1252', code) };
const ASCII: CodedSet = { width: 1, escape: '(B', g1: false, decode: ([byte = 0]) => String.fromCharCode(byte) };
const UTF8 = new TextDecoder('utf-8', { fatal: true });
const MULTI_BYTE = /[\u0080-\ufffc\ufffe\uffff]/;

/** Most values are shorter; a decoder costs more to call than these take to spell out. */
const SHORT_BYTES = 256;

function isPlain(bytes: Uint8Array): boolean {
  // NOTE: neither `every`, which calls a function for each byte of each value, nor `of`, which may make an object for it.
  for (let at = 0; at < bytes.byteLength; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte >= 0x80 || byte === ESCAPE) {
      return false;
    }
  }
  return true;
}

function decodePlain(bytes: Uint8Array): string {
  return bytes.byteLength <= SHORT_BYTES ? Reflect.apply(String.fromCharCode, undefined, bytes) : decodeAs('windows-1252', bytes);
}

function strictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A tone mark of windows-1258 stands behind the vowel it belongs to. */
const VIETNAMESE = /[aeiouyăâêôơư][\u0300\u0301\u0303\u0309\u0323]/i;

/** Bytes nobody has named: Vietnamese Windows where its tone marks stand behind vowels, else Western Windows. */
function guessed(bytes: Uint8Array): string {
  const vietnamese = decodeAs('windows-1258', bytes);
  return VIETNAMESE.test(vietnamese) ? vietnamese : decodeAs('windows-1252', bytes);
}

/** UTF-8 that is not valid: cut in the middle of a character, or never UTF-8. */
function brokenUtf8(bytes: Uint8Array): string {
  const lossy = decodeAs('utf-8', bytes);
  return MULTI_BYTE.test(lossy) ? lossy : guessed(bytes);
}

function decodeWhole(bytes: Uint8Array, label: string): string {
  return label === 'utf-8' ? (strictUtf8(bytes) ?? brokenUtf8(bytes)) : decodeAs(label, bytes);
}

type Extended = Extract<Repertoire, { kind: 'extended' }>;

/** Walks a value with code extensions: escapes change what G0 and G1 hold, delimiters restore it. */
class ExtendedDecoder {
  /** Undefined is ASCII. */
  private g0: CodedSet | undefined;
  private g1: CodedSet | undefined;
  private position = 0;
  private readonly repertoire: Extended;
  private readonly bytes: Uint8Array;
  private readonly vr: Vr;

  constructor(bytes: Uint8Array, vr: Vr, used: Extended) {
    this.bytes = bytes;
    this.vr = vr;
    this.repertoire = used;
    this.reset();
  }

  private reset(): void {
    this.g0 = undefined;
    this.g1 = this.repertoire.g1;
  }

  decode(): string {
    const parts: string[] = [];
    while (this.position < this.bytes.byteLength) {
      parts.push(this.next());
    }
    return parts.join('');
  }

  /** The text of an escape (none), or of the bytes from here on that belong to one set. */
  private next(): string {
    const byte = this.bytes[this.position] ?? 0;
    if (byte === ESCAPE && this.escape()) {
      return '';
    }
    if (byte >= 0x80) {
      return this.high();
    }
    if (this.g0?.width === 2 && byte > 0x20) {
      const start = this.advance((next) => next > 0x20 && next < 0x80);
      return decodeRun(this.g0, this.bytes, start, this.position);
    }
    return this.plain();
  }

  private escape(): boolean {
    const found = designated(this.bytes, this.position + 1);
    if (found === undefined) {
      return false;
    }
    if (found.set.g1) {
      this.g1 = found.set;
    } else {
      this.g0 = found.set;
    }
    this.position += 1 + found.length;
    return true;
  }

  private high(): string {
    const start = this.advance((byte) => byte >= 0x80);
    return decodeRun(this.g1 ?? LATIN, this.bytes, start, this.position);
  }

  /** ASCII up to the next escape or high byte; in a two-byte G0 only the control characters and spaces. */
  private plain(): string {
    const wide = this.g0?.width === 2;
    const start = this.position;
    do {
      this.advance((byte) => byte < 0x80 && byte !== ESCAPE && !(wide && byte > 0x20));
      // An escape that designates nothing is a character like others.
    } while (this.bytes[this.position] === ESCAPE && designated(this.bytes, this.position + 1) === undefined);
    const text = decodeRun(ASCII, this.bytes, start, this.position);
    for (let at = start; at < this.position; at += 1) {
      if (isDelimiter(this.bytes[at] ?? 0, this.vr)) {
        this.reset();
        break;
      }
    }
    return text;
  }

  /** Moves on past the byte here and those after it that belong to it; gives where that began. */
  private advance(belongs: (byte: number) => boolean): number {
    const start = this.position;
    do {
      this.position += 1;
    } while (this.position < this.bytes.byteLength && belongs(this.bytes[this.position] ?? 0));
    return start;
  }
}

function decodeExtended(bytes: Uint8Array, vr: Vr, used: Extended): string {
  if (bytes.includes(ESCAPE)) {
    return new ExtendedDecoder(bytes, vr, used).decode();
  }
  const utf8 = used.mayBeUtf8 ? strictUtf8(bytes) : undefined;
  if (utf8 !== undefined) {
    return utf8;
  }
  if (used.unescaped !== undefined) {
    return decodeAs(used.unescaped, bytes);
  }
  return used.unlabelled ? guessed(bytes) : new ExtendedDecoder(bytes, vr, used).decode();
}

/**
 * The character set of a data set, from its Specific Character Set (0008,0005); no terms mean ASCII. PS3.3 C.12.1.1.2.
 * Terms are taken as they are misspelt, and windows code pages as they are named (`windows-1258`), for machines one knows better.
 */
export function characterSet(terms: readonly string[]): CharacterSet {
  const used = repertoire(terms);
  return {
    decode(bytes, vr) {
      if (isPlain(bytes)) {
        return decodePlain(bytes);
      }
      const text = used.kind === 'whole' ? decodeWhole(bytes, used.label) : decodeExtended(bytes, vr, used);
      return text.normalize('NFC');
    },
  };
}

/**
 * The character set of a data set whose sender is known to name a wrong one: `known`, whatever it `said`. Only UTF-8 that is named
 * and valid is taken as it is, for that is no accident: the machine was set right meanwhile.
 */
export function correctedCharacterSet(known: readonly string[], said: readonly string[]): CharacterSet {
  const corrected = characterSet(known);
  const used = repertoire(said);
  if (used.kind !== 'whole' || used.label !== 'utf-8') {
    return corrected;
  }
  return { decode: (bytes, vr) => strictUtf8(bytes)?.normalize('NFC') ?? corrected.decode(bytes, vr) };
}
