/**
 * Reads the entropy-coded part of a scan bit by bit: takes out stuffed zero bytes, stops at a marker and then gives zeros,
 * so that a cut stream still ends. T.81 B.1.1.5, F.2.2.5.
 */
export class BitReader {
  readonly #bytes: Uint8Array;
  #position: number;
  #accumulator = 0;
  #available = 0;
  #missing = 0;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.#position = position;
  }

  /** True once bits beyond the end of the data were used. */
  get exhausted(): boolean {
    return this.#missing > this.#available;
  }

  /** The next `count` bits (at most 16) without taking them. */
  peek(count: number): number {
    if (this.#available < count) {
      this.#fill();
    }
    return (this.#accumulator >>> (this.#available - count)) & ((1 << count) - 1);
  }

  skip(count: number): void {
    this.#available -= count;
  }

  /** Takes `count` bits, 0 to 16. */
  take(count: number): number {
    if (count === 0) {
      return 0;
    }
    const value = this.peek(count);
    this.#available -= count;
    return value;
  }

  /** A signed difference of `size` bits. T.81 F.2.2.1, EXTEND. */
  signed(size: number): number {
    const value = this.take(size);
    return size > 0 && value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  }

  /** Drops the rest of a restart interval and steps over its RSTn marker; false when another marker or the end follows. */
  restart(): boolean {
    let at = this.endOfScan();
    while (this.#bytes[at + 1] === 0xff) {
      at += 1;
    }
    const marker = this.#bytes[at + 1] ?? 0;
    if (marker < 0xd0 || marker > 0xd7) {
      return false;
    }
    this.#position = at + 2;
    this.#accumulator = 0;
    this.#available = 0;
    this.#missing = 0;
    return true;
  }

  /** Where the marker after this scan (or interval) begins; the end of the bytes when there is none. */
  endOfScan(): number {
    const bytes = this.#bytes;
    let at = this.#position;
    while (at < bytes.length && !isMarker(bytes, at)) {
      at += 1;
    }
    return at;
  }

  #fill(): void {
    const bytes = this.#bytes;
    while (this.#available <= 24) {
      let byte = 0;
      if (this.#position < bytes.length && !isMarker(bytes, this.#position)) {
        byte = bytes[this.#position] ?? 0;
        this.#position += byte === 0xff ? 2 : 1;
      } else {
        this.#missing += 8;
      }
      this.#accumulator = (this.#accumulator << 8) | byte;
      this.#available += 8;
    }
  }
}

/** A byte 0xFF followed by neither a stuffed zero nor the end is a marker; fill bytes before one belong to it. T.81 B.1.1.2. */
function isMarker(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] !== 0xff) {
    return false;
  }
  const next = bytes[at + 1];
  return next !== 0 && next !== undefined;
}
