import {
  type BodyPiece,
  type ByteRange,
  type FrameLocation,
  type FrameTable,
  frameRanges,
  takeRun,
  transferSyntax,
} from '@filmless/dicom';
import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader, LaidOutInstance, StoredInstance } from '../../core/model.ts';
import type { EncodedFrame } from '../../core/ports.ts';
import type { RangedBody } from '../byte-range.ts';
import type { HttpContext } from '../context.ts';
import { joinedStream } from '../respond.ts';

/** Up to here the fragments of a frame are read whole: one read is cheaper than a stream for each. */
const WHOLE_FRAME_BYTES = 8 * 1024 * 1024;

/** The longest table has 65,536 entries of 16 bits, and an overlay a bit for each pixel. PS3.3 C.11.1.1.1, C.9.2. */
const MAX_TABLE_BYTES = 16 * 1024 * 1024;

/** A frame's stored bytes: its fragments joined, or its run of native pixel data, beginning and ending at its own bits. */
export function storedFrame(context: HttpContext, instance: LaidOutInstance, index: number): RangedBody {
  const { ranges, firstBit } = frameRanges(instance.frames, index);
  const bits = instance.frames.kind === 'native' ? instance.frames.bitsPerFrame : 0;
  if (firstBit !== 0 || bits % 8 !== 0) {
    return {
      length: Math.ceil(bits / 8),
      read: async (part) => {
        const aligned = alignBits(await context.core.readRanges(instance, ranges), firstBit, bits);
        return part === undefined ? aligned : aligned.subarray(part.offset, part.offset + part.length);
      },
    };
  }
  return {
    length: ranges.reduce((sum, { length }) => sum + length, 0),
    read: async (part) => readRun(context, instance, part === undefined ? ranges : cutRanges(ranges, part)),
  };
}

/** A part of what some ranges make together, as ranges. */
export function cutRanges(ranges: readonly ByteRange[], part: ByteRange): readonly ByteRange[] {
  const end = part.offset + part.length;
  let at = 0;
  return ranges.flatMap(({ offset, length }) => {
    const before = Math.max(0, part.offset - at);
    const kept = Math.min(length, end - at) - before;
    at += length;
    return kept > 0 ? [{ offset: offset + before, length: kept }] : [];
  });
}

async function readRun(context: HttpContext, instance: StoredInstance, ranges: readonly ByteRange[]): Promise<BodyPiece> {
  const [range] = ranges;
  if (range !== undefined && ranges.length === 1) {
    return await context.core.read(instance, { of: 'content', range });
  }
  const length = ranges.reduce((sum, { length: bytes }) => sum + bytes, 0);
  return length <= WHOLE_FRAME_BYTES
    ? await context.core.readRanges(instance, ranges)
    : joinedStream(ranges.map((one) => () => context.core.read(instance, { of: 'content', range: one })));
}

/** Moves `bits` bits from bit `first` to the beginning; what is left of the last byte is zero. Bit 0 is the lowest. PS3.5 8.1.1. */
export function alignBits(bytes: Uint8Array, first: number, bits: number): Uint8Array {
  const aligned = new Uint8Array(Math.ceil(bits / 8));
  for (let i = 0; i < aligned.length; i += 1) {
    aligned[i] = ((bytes[i] ?? 0) >> first) | ((bytes[i + 1] ?? 0) << (8 - first));
  }
  const rest = bits % 8;
  if (rest !== 0) {
    aligned[aligned.length - 1] = (aligned.at(-1) ?? 0) & ((1 << rest) - 1);
  }
  return aligned;
}

/** Frames of big-endian objects may share a 16-bit word: it is read whole, to be turned round. PS3.5 7.3, 8.1.1. */
export function wholeWords(location: FrameLocation, frames: FrameTable, bigEndian: boolean): FrameLocation {
  const [range] = location.ranges;
  if (!bigEndian || frames.kind !== 'native' || range === undefined) {
    return location;
  }
  const start = range.offset - frames.offset;
  const end = start + range.length;
  const before = start % 2;
  const length = Math.min(frames.length, end + (end % 2)) - (start - before);
  return { ranges: [{ offset: range.offset - before, length }], firstBit: location.firstBit + 8 * before };
}

/** A frame as the pixel port takes it. */
export function encodedFrame(context: HttpContext, instance: InstanceHeader, index: number): EncodedFrame {
  const { bigEndianPixels } = transferSyntax(instance.transferSyntaxUid);
  const { ranges, firstBit } = wholeWords(frameRanges(instance.frames, index), instance.frames, bigEndianPixels);
  const length = ranges.reduce((sum, range) => sum + range.length, 0);
  return {
    header: instance.header,
    transferSyntaxUid: instance.transferSyntaxUid,
    length,
    read: (memory) =>
      memory === undefined ? context.core.readRanges(instance, ranges) : readInto(context, instance, ranges, memory),
    frameIndex: index,
    firstBit,
    sopInstanceUid: instance.sopInstanceUid,
    bulk: tableReader(context, instance),
  };
}

/** Reads what a header only refers to: lookup tables, overlays, colour profiles. */
export function tableReader(context: HttpContext, instance: LaidOutInstance): (uri: string) => Promise<Uint8Array> {
  return async (uri) => {
    const table = bulkOf(instance, uri);
    if (table.length > MAX_TABLE_BYTES) {
      throw new ArchiveError('cannot-decode', `A lookup table or overlay of ${table.length} bytes is none: it is far shorter.`);
    }
    return context.core.readRanges(instance, [{ offset: table.offset, length: table.length }]);
  };
}

/** As `readRanges`, and where the store can read into memory of others, into the memory lent. */
async function readInto(
  context: HttpContext,
  instance: StoredInstance,
  ranges: readonly ByteRange[],
  memory: Uint8Array,
): Promise<Uint8Array> {
  const [range] = ranges;
  if (range === undefined || ranges.length > 1 || range.length > memory.byteLength) {
    return context.core.readRanges(instance, ranges);
  }
  const stream = await context.core.read(instance, { of: 'content', range });
  const run = takeRun(stream);
  if (run === undefined) {
    return await new Response(stream).bytes();
  }
  let length = 0;
  for (let read = -1; read !== 0 && run.left > 0; length += read) {
    read = await run.read(memory.subarray(length));
  }
  await run.close();
  return memory.subarray(0, length);
}

/**
 * Where a value lies that the header refers to, by its relative URI.
 * @throws ArchiveError `not-found`
 */
export function bulkOf(instance: LaidOutInstance, uri: string): LaidOutInstance['bulk'][number] {
  const path = uri.replace(/^bulkdata\//, '');
  const found = instance.bulk.find((one) => one.path.replace(/^bulkdata\//, '') === path);
  if (found === undefined) {
    throw new ArchiveError('not-found', `The instance has no bulk data at ${JSON.stringify(path.slice(0, 200))}.`);
  }
  return found;
}
