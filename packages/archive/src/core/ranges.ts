import type { ByteRange } from '@filmless/dicom';

/** Fragments lie 8 bytes of item header apart: reading over a gap this small is cheaper than reading twice. */
const GAP_BYTES = 64 * 1024;

/** Ranges in ascending order that lie near each other, as one; otherwise as they are. */
export function joined(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const [first] = ranges;
  const last = ranges.at(-1);
  if (first === undefined || last === undefined) {
    return [];
  }
  const near = ranges.every((range, index) => {
    const before = ranges[index - 1];
    const gap = before === undefined ? 0 : range.offset - (before.offset + before.length);
    return gap >= 0 && gap <= GAP_BYTES;
  });
  return near ? [{ offset: first.offset, length: last.offset + last.length - first.offset }] : ranges;
}

/** The ranges out of the one read that covers them all. */
export function cutOut(bytes: Uint8Array, ranges: readonly ByteRange[]): Uint8Array {
  const [first] = ranges;
  if (first === undefined || ranges.length === 1) {
    return bytes;
  }
  return Buffer.concat(ranges.map(({ offset, length }) => bytes.subarray(offset - first.offset, offset - first.offset + length)));
}
