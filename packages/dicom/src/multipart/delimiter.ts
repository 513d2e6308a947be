import { DicomError } from '../errors.ts';

/** RFC 2046 5.1.1 allows 70 characters; a longer one only costs time. */
const BOUNDARY = /^[\x20-\x7e]{1,200}$/;

/** Finds `CRLF--boundary` in bytes, skipping by whole lengths as Horspool's search does. */
export class Delimiter {
  readonly bytes: Uint8Array;
  readonly #shift: Uint8Array;

  /** @throws DicomError `invalid-multipart` for an empty, overlong or unwritable boundary */
  constructor(boundary: string) {
    if (!BOUNDARY.test(boundary)) {
      throw new DicomError('invalid-multipart', 'a multipart boundary must have 1 to 200 printable ASCII characters');
    }
    this.bytes = new TextEncoder().encode(`\r\n--${boundary}`);
    const last = this.bytes.length - 1;
    this.#shift = new Uint8Array(256).fill(last + 1);
    for (let i = 0; i < last; i += 1) {
      this.#shift[this.bytes[i] ?? 0] = last - i;
    }
  }

  /** Index of the first whole delimiter at or after `from`, or -1. */
  indexIn(data: Uint8Array, from: number): number {
    const pattern = this.bytes;
    const shift = this.#shift;
    const last = pattern.length - 1;
    const end = pattern[last];
    for (let at = from + last; at < data.length; ) {
      const byte = data[at] ?? 0;
      if (byte === end && this.matches(data, at - last, last)) {
        return at - last;
      }
      at += shift[byte] ?? 1;
    }
    return -1;
  }

  /** True when the first `length` bytes of the delimiter stand at `offset`. */
  matches(data: Uint8Array, offset: number, length: number): boolean {
    for (let i = 0; i < length; i += 1) {
      if (data[offset + i] !== this.bytes[i]) {
        return false;
      }
    }
    return true;
  }

  /** How many bytes at the end of `data`, from `from` on, could be the beginning of a delimiter. */
  partialAtEnd(data: Uint8Array, from: number): number {
    const first = Math.max(from, data.length - this.bytes.length + 1);
    for (let at = data.indexOf(0x0d, first); at !== -1; at = data.indexOf(0x0d, at + 1)) {
      if (this.matches(data, at, data.length - at)) {
        return data.length - at;
      }
    }
    return 0;
  }
}
