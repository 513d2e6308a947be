import { constants, crc32, deflateRaw } from 'node:zlib';

/** Deflated blocks on whole bytes, none of them the last of a stream, and what they hold. RFC 1951 3.2. */
export interface DeflatedPart {
  readonly deflated: Uint8Array;
  /** Of what they hold: its CRC-32, and its length in bytes. */
  readonly crc32: number;
  readonly textBytes: number;
}

/** Magic number, deflate, no flags, no time, unknown system. RFC 1952 2.3. */
const HEAD = Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255);
/** An empty block with fixed codes, the last one. RFC 1951 3.2.6. */
const LAST_BLOCK = Buffer.of(0x03, 0x00);
/** Length of a block that is not compressed, at most. RFC 1951 3.2.4. */
const STORED_BYTES = 0xffff;

/** Joins parts to one gzip file: none of them is deflated again. RFC 1952. */
export async function* joinGzip(parts: AsyncIterable<DeflatedPart>): AsyncGenerator<Uint8Array, void, void> {
  let [checksum, length] = [0, 0];
  yield HEAD;
  for await (const part of parts) {
    checksum = joinedCrc32(checksum, part.crc32, part.textBytes);
    length += part.textBytes;
    yield part.deflated;
  }
  const end = Buffer.alloc(LAST_BLOCK.byteLength + 8);
  LAST_BLOCK.copy(end);
  end.writeUInt32LE(checksum, LAST_BLOCK.byteLength);
  end.writeUInt32LE(length % 2 ** 32, LAST_BLOCK.byteLength + 4);
  yield end;
}

/** A few bytes as they are. */
export function storedPart(text: string): DeflatedPart {
  const bytes = Buffer.from(text);
  if (bytes.byteLength > STORED_BYTES) {
    throw new RangeError('a block that is not compressed has 65,535 bytes at most');
  }
  const head = Buffer.alloc(5);
  head.writeUInt16LE(bytes.byteLength, 1);
  head.writeUInt16LE(bytes.byteLength ^ STORED_BYTES, 3);
  return { deflated: Buffer.concat([head, bytes]), crc32: crc32(bytes), textBytes: bytes.byteLength };
}

/** Deflates on another thread, quickly. */
export async function deflatedPart(text: string): Promise<DeflatedPart> {
  const bytes = Buffer.from(text);
  const deflated = await new Promise<Buffer>((resolve, reject) => {
    deflateRaw(bytes, { level: 1, finishFlush: constants.Z_SYNC_FLUSH }, (error, result) =>
      error === null ? resolve(result) : reject(error),
    );
  });
  return { deflated, crc32: crc32(bytes), textBytes: bytes.byteLength };
}

/** The polynomial of CRC-32, its highest power left out, the lowest power in the highest bit. RFC 1952 8. */
const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000;
/** x to the power of 8: what one more byte multiplies by. */
const ONE_BYTE = 0x00800000;

/** The CRC-32 of two texts one behind the other, from that of each and the length of the second. */
export function joinedCrc32(first: number, second: number, secondBytes: number): number {
  let shift = ONE;
  let power = ONE_BYTE;
  for (let left = secondBytes; left > 0; left = Math.floor(left / 2)) {
    shift = left % 2 === 1 ? product(shift, power) : shift;
    power = product(power, power);
  }
  return (product(shift, first) ^ second) >>> 0;
}

/** Of two polynomials over GF(2), modulo that of CRC-32. */
function product(one: number, other: number): number {
  let sum = 0;
  let shifted = other;
  for (let bit = 31; bit >= 0; bit -= 1) {
    if (((one >>> bit) & 1) === 1) {
      sum ^= shifted;
    }
    shifted = (shifted & 1) === 1 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1;
  }
  return sum >>> 0;
}
