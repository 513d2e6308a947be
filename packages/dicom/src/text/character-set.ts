import type { Vr } from '../vr.ts';
import { type CodedSet, decodeAs, designated } from './coded-sets.ts';
import { isDelimiter } from './delimiters.ts';
import { type Repertoire, repertoire } from './terms.ts';

/** Turns the bytes of a text value, of one value or several, into Unicode (NFC). Never throws: text that is wrong stays readable. */
export interface CharacterSet {
  decode(bytes: Uint8Array, vr: Vr): string;
}

const ESCAPE = 0x1b;
const UTF8 = new TextDecoder('utf-8', { fatal: true });
const MULTI_BYTE = /[\u0080-\ufffc\ufffe\uffff]/;

function isPlain(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80 && byte !== ESCAPE);
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

interface Run {
  readonly text: string;
  readonly end: number;
}

/** Walks a value with code extensions: escapes change what G0 and G1 hold, delimiters restore it. */
class ExtendedDecoder {
  private g0: CodedSet | undefined;
  private g1: CodedSet | undefined;
  private readonly repertoire: Extract<Repertoire, { kind: 'extended' }>;
  private readonly bytes: Uint8Array;
  private readonly vr: Vr;

  constructor(bytes: Uint8Array, vr: Vr, used: Extract<Repertoire, { kind: 'extended' }>) {
    this.bytes = bytes;
    this.vr = vr;
    this.repertoire = used;
    this.reset();
  }

  /** G0 undefined is ASCII. */
  private reset(): void {
    this.g0 = undefined;
    this.g1 = this.repertoire.g1;
  }

  decode(): string {
    const parts: string[] = [];
    let position = 0;
    while (position < this.bytes.byteLength) {
      const run = this.escape(position) ?? this.run(position);
      parts.push(run.text);
      position = run.end;
    }
    return parts.join('');
  }

  private escape(position: number): Run | undefined {
    const found = this.bytes[position] === ESCAPE ? designated(this.bytes, position + 1) : undefined;
    if (found === undefined) {
      return undefined;
    }
    if (found.set.g1) {
      this.g1 = found.set;
    } else {
      this.g0 = found.set;
    }
    return { text: '', end: position + 1 + found.length };
  }

  /** The bytes from `position` that belong to one set. */
  private run(position: number): Run {
    const byte = this.bytes[position] ?? 0;
    if (byte >= 0x80) {
      return this.high(position);
    }
    if (this.g0?.width === 2 && byte > 0x20) {
      return this.take(position, this.g0, (next) => next > 0x20 && next < 0x80);
    }
    if (isDelimiter(byte, this.vr)) {
      this.reset();
    }
    return { text: String.fromCharCode(byte), end: position + 1 };
  }

  private high(position: number): Run {
    const isHigh = (byte: number): boolean => byte >= 0x80;
    if (this.g1 !== undefined) {
      return this.take(position, this.g1, isHigh);
    }
    const end = this.endOf(position, isHigh);
    return { text: guessed(this.bytes.subarray(position, end)), end };
  }

  private take(position: number, set: CodedSet, belongs: (byte: number) => boolean): Run {
    const end = this.endOf(position, belongs);
    return { text: set.decode(this.bytes.subarray(position, end)), end };
  }

  private endOf(position: number, belongs: (byte: number) => boolean): number {
    let end = position + 1;
    while (end < this.bytes.byteLength && belongs(this.bytes[end] ?? 0)) {
      end += 1;
    }
    return end;
  }
}

function decodeExtended(bytes: Uint8Array, vr: Vr, used: Extract<Repertoire, { kind: 'extended' }>): string {
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
        return decodeAs('windows-1252', bytes);
      }
      const text = used.kind === 'whole' ? decodeWhole(bytes, used.label) : decodeExtended(bytes, vr, used);
      return text.normalize('NFC');
    },
  };
}
