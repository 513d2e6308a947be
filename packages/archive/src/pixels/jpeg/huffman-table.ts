import { ArchiveError } from '../../core/errors.ts';
import type { BitReader } from './bit-reader.ts';

const LOOK_AHEAD = 9;

/** One Huffman table: codes up to nine bits are found at once, longer ones by their greatest code. T.81 C.2, F.2.2.3. */
export class HuffmanTable {
  /** Length in the upper byte, symbol in the lower; 0 where the code is longer. */
  readonly #short = new Uint16Array(1 << LOOK_AHEAD);
  /** For each length the greatest code, -1 when there is none, and what turns a code into an index of `#symbols`. */
  readonly #greatest = new Int32Array(18).fill(-1);
  readonly #shift = new Int32Array(18);
  readonly #symbols: Uint8Array;

  /** @param counts codes of each length 1 to 16 */
  constructor(counts: Uint8Array, symbols: Uint8Array) {
    this.#symbols = symbols;
    let code = 0;
    let index = 0;
    for (let length = 1; length <= 16; length += 1) {
      const count = counts[length - 1] ?? 0;
      if (code + count > 1 << length) {
        throw new ArchiveError('cannot-decode', 'JPEG: a Huffman table has more codes than fit');
      }
      this.#shift[length] = index - code;
      for (let i = 0; i < count; i += 1) {
        this.#addShort(code, length, symbols[index] ?? 0);
        code += 1;
        index += 1;
      }
      this.#greatest[length] = count > 0 ? code - 1 : -1;
      code <<= 1;
    }
  }

  read(bits: BitReader): number {
    const entry = this.#short[bits.peek(LOOK_AHEAD)] ?? 0;
    if (entry !== 0) {
      bits.skip(entry >>> 8);
      return entry & 0xff;
    }
    for (let length = LOOK_AHEAD + 1; length <= 16; length += 1) {
      const code = bits.peek(length);
      if (code <= (this.#greatest[length] ?? -1)) {
        bits.skip(length);
        return this.#symbols[code + (this.#shift[length] ?? 0)] ?? 0;
      }
    }
    if (bits.exhausted) {
      return 0;
    }
    throw new ArchiveError('cannot-decode', 'JPEG: a code that is in no Huffman table');
  }

  #addShort(code: number, length: number, symbol: number): void {
    if (length > LOOK_AHEAD) {
      return;
    }
    const first = code << (LOOK_AHEAD - length);
    this.#short.fill((length << 8) | symbol, first, first + (1 << (LOOK_AHEAD - length)));
  }
}
