import type { FrameCoding } from '../transfer-syntax.ts';
import type { Fragment, FragmentScan } from './fragments.ts';
import type { ByteRange, FrameTable } from './model.ts';

/** Extended Offset Table and its lengths, in bytes from the first fragment's item. PS3.3 C.7.6.3.1.8. */
export interface ExtendedOffsetTable {
  readonly offsets: readonly number[];
  readonly lengths: readonly number[];
}

/** Frames of one object, and the faults tolerated on the way. */
export interface FoundFrames {
  readonly table: FrameTable;
  readonly warnings: readonly string[];
}

/**
 * Tells which fragments make which frame: by the extended offset table, the basic one, the number of frames, or where code
 * streams begin, in this order; a video is one frame. PS3.5 A.4, PS3.3 C.7.6.3.1.8.
 */
export function encapsulatedFrames(
  scan: FragmentScan,
  coding: FrameCoding,
  numberOfFrames: number,
  extended?: ExtendedOffsetTable,
): FoundFrames {
  const { fragments } = scan;
  if (fragments.length === 0) {
    return { table: { kind: 'none', count: 0 }, warnings: [...scan.warnings, 'Pixel Data has no fragment'] };
  }
  if (coding === 'mpeg') {
    return found([fragments], scan.warnings);
  }
  const byExtended = extended === undefined ? undefined : groupByExtended(scan, extended);
  if (byExtended?.length === numberOfFrames) {
    return found(byExtended, scan.warnings);
  }
  const byBasic = groupByOffsets(scan, scan.offsetTable);
  if (byBasic?.length === numberOfFrames) {
    return found(byBasic, scan.warnings);
  }
  const warnings = [...scan.warnings];
  if (extended !== undefined || scan.offsetTable.length > 0) {
    warnings.push('the offset table does not fit the fragments or the number of frames');
  }
  const { groups, warning } = groupByCount(fragments, numberOfFrames, coding, byExtended ?? byBasic);
  return found(groups, warning === undefined ? warnings : [...warnings, warning]);
}

function found(groups: readonly (readonly ByteRange[])[], warnings: readonly string[]): FoundFrames {
  if (groups.length === 0) {
    return { table: { kind: 'none', count: 0 }, warnings };
  }
  const frames = groups.map((group) => group.map(({ offset, length }) => ({ offset, length })));
  return { table: { kind: 'encapsulated', count: frames.length, frames }, warnings };
}

/** One fragment a frame, each with its own length: the table's is without the padding byte. */
function groupByExtended(scan: FragmentScan, { offsets, lengths }: ExtendedOffsetTable): ByteRange[][] | undefined {
  const groups = groupByOffsets(scan, offsets);
  return groups?.map((group, i) => {
    const [only, second] = group;
    const length = lengths[i];
    return only !== undefined && second === undefined && length !== undefined && length > 0 && length < only.length
      ? [{ offset: only.offset, length }]
      : [...group];
  });
}

/** Every offset must be the beginning of a fragment, the first one that of the first. */
function groupByOffsets(scan: FragmentScan, offsets: readonly number[]): Fragment[][] | undefined {
  if (offsets[0] !== 0) {
    return undefined;
  }
  const groups: Fragment[][] = [];
  for (const fragment of scan.fragments) {
    // The item's tag and length stand in the 8 bytes before its value.
    if (fragment.offset - 8 - scan.base === offsets[groups.length]) {
      groups.push([fragment]);
    } else {
      groups.at(-1)?.push(fragment);
    }
  }
  return groups.length === offsets.length ? groups : undefined;
}

interface Grouping {
  readonly groups: readonly (readonly ByteRange[])[];
  readonly warning?: string;
}

function groupByCount(
  fragments: readonly Fragment[],
  numberOfFrames: number,
  coding: FrameCoding,
  byTable: readonly (readonly ByteRange[])[] | undefined,
): Grouping {
  const single = fragments.map((fragment) => [fragment]);
  if (numberOfFrames === 1 && byTable === undefined) {
    const images = groupByStart(fragments);
    // More complete images than the one announced: rather too many frames than a frame of nonsense.
    return coding !== 'rle' && images.length === fragments.length && images.length > 1
      ? { groups: images, warning: `Number of Frames is 1 but Pixel Data holds ${images.length} images` }
      : { groups: [fragments] };
  }
  if (fragments.length === numberOfFrames) {
    return { groups: single };
  }
  if (fragments.length < numberOfFrames) {
    return { groups: single, warning: `Number of Frames is ${numberOfFrames} but Pixel Data has ${fragments.length} fragments` };
  }
  const images = groupByStart(fragments);
  if (images.length === numberOfFrames) {
    return { groups: images };
  }
  const groups = byTable ?? (coding === 'rle' ? single : images);
  const warning =
    groups.length === 0
      ? `${fragments.length} fragments cannot be told apart into ${numberOfFrames} frames`
      : `Number of Frames is ${numberOfFrames} but Pixel Data holds ${groups.length}`;
  return { groups, warning };
}

/** A new frame begins with each fragment that begins a code stream; none where not even the first does. */
function groupByStart(fragments: readonly Fragment[]): Fragment[][] {
  const groups: Fragment[][] = [];
  for (const fragment of fragments) {
    if (fragment.startsImage) {
      groups.push([fragment]);
    } else {
      groups.at(-1)?.push(fragment);
    }
  }
  return fragments[0]?.startsImage === true ? groups : [];
}
