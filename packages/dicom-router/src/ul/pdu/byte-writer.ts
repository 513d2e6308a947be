import { RouterError } from '../../errors.ts';

/** Builds one PDU or item; lengths are written when the part behind them is. */
export class ByteWriter {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  u8(value: number): this {
    return this.bytes(Uint8Array.of(value));
  }

  u16(value: number): this {
    if (value > 0xffff) {
      throw new RouterError('protocol', `a 16-bit length cannot hold ${value}`);
    }
    return this.bytes(Uint8Array.of(value >>> 8, value));
  }

  u32(value: number): this {
    return this.bytes(Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value));
  }

  bytes(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    this.#length += bytes.byteLength;
    return this;
  }

  text(text: string): this {
    return this.bytes(Buffer.from(text, 'latin1'));
  }

  /** An AE title: 16 characters, padded with spaces. PS3.8 9.3.2. */
  aeTitle(title: string): this {
    return this.text(title.slice(0, 16).padEnd(16, ' '));
  }

  /** A text behind its 16-bit length. */
  text16(text: string): this {
    return this.u16(text.length).text(text);
  }

  bytes16(bytes: Uint8Array): this {
    return this.u16(bytes.byteLength).bytes(bytes);
  }

  /** An item: type, reserved byte, 16-bit length, content. PS3.8 9.3.2.1. */
  item(type: number, content: (writer: ByteWriter) => void): this {
    const inner = new ByteWriter();
    content(inner);
    return this.u8(type).u8(0).u16(inner.length).bytes(inner.concat());
  }

  concat(): Buffer {
    return Buffer.concat(this.#parts, this.#length);
  }
}
