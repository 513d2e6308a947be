/** Random access to the bytes of one object, wherever they are; this package opens no file. */
export interface ByteSource {
  /** Bytes in all. */
  readonly size: number;
  /** Reads exactly `length` bytes at `offset`, or fewer where the object ends before. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A source over bytes in memory. */
export function bytesSource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.byteLength,
    read: (offset, length) => Promise.resolve(bytes.subarray(offset, offset + length)),
  };
}
