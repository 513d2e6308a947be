import { LONG_VRS, type Vr } from '../vr.ts';
import type { TagKey } from './model.ts';
import { MAX_SHORT_LENGTH } from './write-element.ts';

/** Begins with this; kept for the next data set when it has not grown far beyond. */
const FIRST_BYTES = 4096;
const KEPT_BYTES = 65_536;

let spare: Uint8Array<ArrayBuffer> | undefined;

/** Elements in little endian one behind the other, in memory that is used again for the next data set. */
export class ByteOutput {
  #bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor() {
    this.#bytes = spare ?? new Uint8Array(FIRST_BYTES);
    // One that is made meanwhile gets its own.
    spare = undefined;
  }

  /** What was written, as a copy. Nothing can be written after this. */
  end(): Uint8Array<ArrayBuffer> {
    const written = this.#bytes.slice(0, this.length);
    spare = this.#bytes.byteLength <= KEPT_BYTES ? this.#bytes : undefined;
    return written;
  }

  /** Tag, VR and length of an element, or of an item. PS3.5 7.1.2, 7.1.3. */
  header(tag: TagKey, vr: Vr, length: number, explicitVr: boolean): void {
    this.#room(12);
    const number = Number.parseInt(tag, 16);
    this.#u16(number >>> 16);
    this.#u16(number & 0xffff);
    if (!explicitVr || number >>> 16 === 0xfffe) {
      this.#u32(length);
      return;
    }
    // A value too long for a 16-bit length goes as UN. PS3.5 6.2.2 note 5.
    const written = length <= MAX_SHORT_LENGTH || LONG_VRS.has(vr) ? vr : 'UN';
    this.#u16(written.charCodeAt(0) | (written.charCodeAt(1) << 8));
    if (LONG_VRS.has(written)) {
      this.#u16(0);
      this.#u32(length);
    } else {
      this.#u16(length);
    }
  }

  /** Puts a 32-bit length before what was written since `start`. */
  endLength(start: number): void {
    const end = this.length;
    this.length = start - 4;
    this.#u32(end - start);
    this.length = end;
  }

  /** Text without a character beyond ASCII. */
  ascii(text: string): void {
    this.#room(text.length);
    for (let index = 0; index < text.length; index += 1) {
      this.#bytes[this.length + index] = text.charCodeAt(index);
    }
    this.length += text.length;
  }

  bytes(bytes: Uint8Array): void {
    this.#room(bytes.byteLength);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.byteLength;
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.length] = value;
    this.length += 1;
  }

  #u16(value: number): void {
    this.#bytes[this.length] = value;
    this.#bytes[this.length + 1] = value >>> 8;
    this.length += 2;
  }

  #u32(value: number): void {
    this.#u16(value & 0xffff);
    this.#u16(value >>> 16);
  }

  #room(bytes: number): void {
    const needed = this.length + bytes;
    if (needed > this.#bytes.byteLength) {
      const grown = new Uint8Array(needed + Math.max(FIRST_BYTES, needed >>> 2));
      grown.set(this.#bytes.subarray(0, this.length));
      this.#bytes = grown;
    }
  }
}
