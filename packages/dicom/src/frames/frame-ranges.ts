import { DicomError } from '../errors.ts';
import type { ByteRange, FrameTable } from './model.ts';

/** Where a frame lies: its runs of bytes in order, and the first bit of it within the first byte. */
export interface FrameLocation {
  readonly ranges: readonly ByteRange[];
  /** 0 to 7; not 0 only for native frames whose bits are no whole number of bytes. */
  readonly firstBit: number;
}

/**
 * Where frame `index` (from 0) lies.
 * @throws DicomError `no-such-frame`
 */
export function frameRanges(table: FrameTable, index: number): FrameLocation {
  if (!Number.isInteger(index) || index < 0 || index >= table.count) {
    throw new DicomError('no-such-frame', `there is no frame ${index + 1}: the object has ${table.count}`);
  }
  if (table.kind === 'native') {
    const firstBit = index * table.bitsPerFrame;
    const start = Math.floor(firstBit / 8);
    const end = Math.ceil((firstBit + table.bitsPerFrame) / 8);
    return { ranges: [{ offset: table.offset + start, length: end - start }], firstBit: firstBit % 8 };
  }
  return { ranges: table.kind === 'encapsulated' ? (table.frames[index] ?? []) : [], firstBit: 0 };
}
