import { trimUid } from '@filmless/dicom';
import { RouterError } from '../../errors.ts';

/** Reads the fields of one PDU in order; every error names the PDU and the field at fault. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #pdu: string;
  #offset = 0;

  constructor(pdu: string, bytes: Uint8Array) {
    this.#pdu = pdu;
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get remaining(): number {
    return this.#bytes.byteLength - this.#offset;
  }

  u8(field: string): number {
    return this.#view.getUint8(this.#advance(1, field));
  }

  u16(field: string): number {
    return this.#view.getUint16(this.#advance(2, field));
  }

  u32(field: string): number {
    return this.#view.getUint32(this.#advance(4, field));
  }

  skip(length: number, field: string): void {
    this.#advance(length, field);
  }

  bytes(length: number, field: string): Uint8Array {
    const start = this.#advance(length, field);
    return this.#bytes.subarray(start, start + length);
  }

  /** A reader over the next `length` bytes. */
  part(length: number, field: string): ByteReader {
    return new ByteReader(`${this.#pdu}: ${field}`, this.bytes(length, field));
  }

  /** ASCII, as every text of PS3.8 is; other bytes are kept as Latin-1 for the log. */
  text(length: number, field: string): string {
    return Buffer.from(this.bytes(length, field)).toString('latin1');
  }

  /** A UID; the NUL or space with which some machines pad it is cut. PS3.8 F. */
  uid(length: number, field: string): string {
    const uid = trimUid(this.text(length, field));
    if (uid.length > 64 || !/^[0-9.]*$/.test(uid)) {
      throw this.error(field, `not a UID: ${JSON.stringify(uid.slice(0, 80))}`);
    }
    return uid;
  }

  /** A UID behind its 16-bit length. */
  uid16(field: string): string {
    return this.uid(this.u16(`${field} length`), field);
  }

  error(field: string, what: string): RouterError {
    return new RouterError('invalid-pdu', `${this.#pdu}: ${field}: ${what}`);
  }

  #advance(length: number, field: string): number {
    const start = this.#offset;
    if (length > this.remaining) {
      throw this.error(field, `needs ${length} bytes at offset ${start}, ${this.remaining} are left`);
    }
    this.#offset += length;
    return start;
  }
}
