/** Bits, the most significant first; a byte FF is followed by 0. T.81 F.1.2.3. */
export class BitWriter {
  readonly #bytes: Uint8Array;
  #length = 0;
  #pending = 0;
  #count = 0;

  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** At most 16 bits. */
  put(value: number, count: number): void {
    this.#pending = (this.#pending << count) | value;
    this.#count += count;
    while (this.#count >= 8) {
      this.#count -= 8;
      const byte = (this.#pending >> this.#count) & 0xff;
      this.#bytes[this.#length] = byte;
      this.#length += byte === 0xff ? 2 : 1;
    }
    this.#pending &= (1 << this.#count) - 1;
  }

  /** The last byte is filled with ones. */
  end(): Uint8Array {
    if (this.#count > 0) {
      const left = 8 - this.#count;
      this.put((1 << left) - 1, left);
    }
    return this.#bytes.subarray(0, this.#length);
  }
}
