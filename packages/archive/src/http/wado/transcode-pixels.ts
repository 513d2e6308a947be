import {
  type Attribute,
  type DataSet,
  firstNumber,
  firstText,
  type TransferSyntax,
  transferSyntax,
  type Vr,
} from '@filmless/dicom';
import { inOrder } from '@filmless/disk';
import { ArchiveError } from '../../core/errors.ts';
import type { InstanceHeader } from '../../core/model.ts';
import type { RecodedFrame, TargetCoding } from '../../core/ports.ts';
import type { HttpContext } from '../context.ts';
import { encodedFrame } from './frame-bytes.ts';
import { encapsulatedPieces, nativePieces, type PixelPiece } from './pixel-element.ts';
import { swappedWords } from './swapped-words.ts';

/** Pixel Data in another coding. */
export interface RecodedPixels {
  /** What changed in its description. */
  readonly attributes: DataSet;
  /** Uncompressed bytes for each one that it takes; of what was ready when the answer began. */
  readonly ratio: number;
  /** The element, header and all. */
  pieces(): AsyncIterable<PixelPiece> | Iterable<PixelPiece>;
}

const PIXEL_DATA = '7FE00010';
/** Float, Double Float and plain Pixel Data: an object has one of them. PS3.3 C.7.6.3, C.7.6.24, C.7.6.25. */
const PIXEL_TAGS: readonly string[] = ['7FE00008', '7FE00009', PIXEL_DATA];
/** Frames that are recoded at a time for one request. */
const AT_ONCE = 2;
/** So much is ready before an answer begins: mostly all of it, and a frame that cannot be decoded is told with a status. */
const GATHERED_BYTES = 16 * 1024 * 1024;

export function pixelTagOf(header: DataSet): string | undefined {
  return PIXEL_TAGS.find((tag) => header[tag] !== undefined);
}

/** Where the value of Pixel Data lies; undefined when there is none. */
export function pixelBulk(instance: InstanceHeader): InstanceHeader['bulk'][number] | undefined {
  return instance.bulk.find(({ path }) => PIXEL_TAGS.includes(path.replace(/^bulkdata\//, '')));
}

/**
 * Undefined for an object without Pixel Data, which is the same in every coding.
 * @throws ArchiveError `cannot-decode`, `not-acceptable`, `limit-exceeded`
 */
export async function recodePixels(
  context: HttpContext,
  instance: InstanceHeader,
  coding: TargetCoding,
  target: TransferSyntax,
): Promise<RecodedPixels | undefined> {
  const tag = pixelTagOf(instance.header);
  if (tag === undefined) {
    return undefined;
  }
  const stored = transferSyntax(instance.transferSyntaxUid);
  if (coding === 'native' && !stored.encapsulated) {
    return copied(context, instance, tag, stored, target);
  }
  if (tag !== PIXEL_DATA || instance.frames.count === 0) {
    throw new ArchiveError(
      'not-acceptable',
      'The instance has no frames that could be had in another coding than the stored one.',
    );
  }
  return await recoded(context, instance, coding, target);
}

/** Native pixel data is the same bytes in any little-endian syntax; of big endian the words are turned. */
function copied(
  context: HttpContext,
  instance: InstanceHeader,
  tag: string,
  stored: TransferSyntax,
  target: TransferSyntax,
): RecodedPixels {
  const { header } = instance;
  const vr = nativeVr(tag, header);
  const { offset, length } = pixelBulk(instance) ?? { offset: 0, length: 0 };
  return {
    attributes: {},
    ratio: 1,
    pieces: async function* () {
      const value = length === 0 ? [] : [await context.core.read(instance, { of: 'content', range: { offset, length } })];
      const word = stored.bigEndianPixels === target.bigEndianPixels ? 1 : wordBytes(tag, header, vr);
      yield* nativePieces(tag, vr, length, target, word === 1 ? value : value.map((stream) => swappedWords(stream, word)));
    },
  };
}

function nativeVr(tag: string, header: DataSet): Vr {
  const written = header[tag]?.vr;
  if (tag !== PIXEL_DATA) {
    return tag === '7FE00008' ? 'OF' : 'OD';
  }
  return written === 'OB' && (firstNumber(header, '00280100') ?? 16) <= 8 ? 'OB' : 'OW';
}

/** PS3.5 7.3, 8.1.1: samples of 8 bits and less may share a word. */
function wordBytes(tag: string, header: DataSet, vr: Vr): number {
  const bits = tag === '7FE00008' ? 32 : tag === '7FE00009' ? 64 : (firstNumber(header, '00280100') ?? 16);
  return bits > 8 && bits % 8 === 0 ? bits / 8 : vr === 'OB' ? 1 : 2;
}

async function recoded(
  context: HttpContext,
  instance: InstanceHeader,
  coding: TargetCoding,
  target: TransferSyntax,
): Promise<RecodedPixels> {
  const { header, frames } = instance;
  const results = recodedFrames(context, instance, coding);
  const ready: RecodedFrame[] = [];
  let bytes = 0;
  while (ready.length < frames.count && bytes <= GATHERED_BYTES) {
    const { value } = await results.next();
    if (value === undefined) {
      break;
    }
    ready.push(value);
    bytes += value.bytes.length;
  }
  const [first] = ready;
  if (first === undefined) {
    throw new ArchiveError('cannot-decode', 'No frame came out.');
  }
  const all = { ready: ready.map((frame) => frame.bytes), rest: bytesOf(results, first), count: frames.count };
  const native = coding === 'native' ? nativeFrames(first, all, target) : undefined;
  const uncompressed = ready.length * Math.ceil((first.rows * first.columns * first.samplesPerPixel * first.bitsAllocated) / 8);
  return {
    attributes: attributesOf(first, header, frames.count),
    ratio: uncompressed / Math.max(1, bytes),
    pieces: () => native ?? encapsulatedPieces(all),
  };
}

/** @throws ArchiveError `not-acceptable` where it would not fit one value */
function nativeFrames(
  first: RecodedFrame,
  frames: { readonly ready: readonly Uint8Array[]; readonly rest: AsyncIterable<Uint8Array>; readonly count: number },
  target: TransferSyntax,
): AsyncIterable<PixelPiece> {
  const bits = first.bitsAllocated === 1 ? first.rows * first.columns * first.samplesPerPixel : 8 * first.bytes.length;
  const length = Math.ceil((bits * frames.count) / 8);
  const vr = first.bitsAllocated > 8 ? 'OW' : 'OB';
  const value = joined(frames.ready, frames.rest, bits);
  const word = target.bigEndianPixels && vr === 'OW' ? Math.floor(first.bitsAllocated / 8) : 1;
  return nativePieces(PIXEL_DATA, vr, length, target, word === 1 ? value : [swappedWords(ReadableStream.from(value), word)]);
}

async function* recodedFrames(
  context: HttpContext,
  instance: InstanceHeader,
  coding: TargetCoding,
): AsyncGenerator<RecodedFrame, void, void> {
  const indexes = Array.from({ length: instance.frames.count }, (_, index) => index);
  const work = (index: number) => context.pixels.recode(encodedFrame(context, instance, index), coding);
  for await (const [, frame] of inOrder(indexes, AT_ONCE, work)) {
    yield frame;
  }
}

/** @throws ArchiveError `cannot-decode` for a frame that is not like the first */
async function* bytesOf(frames: AsyncIterable<RecodedFrame>, first: RecodedFrame): AsyncGenerator<Uint8Array, void, void> {
  for await (const frame of frames) {
    if (frame.photometricInterpretation !== first.photometricInterpretation || frame.bitsAllocated !== first.bitsAllocated) {
      throw new ArchiveError('cannot-decode', 'The frames are not all of one kind.');
    }
    yield frame.bytes;
  }
}

/** Frames one after the other; those that end within a byte without a gap between them. PS3.5 8.1.1. */
async function* joined(
  ready: readonly Uint8Array[],
  rest: AsyncIterable<Uint8Array>,
  bits: number,
): AsyncGenerator<Uint8Array, void, void> {
  let carry = 0;
  let filled = 0;
  const shifted = (frame: Uint8Array): Uint8Array => {
    if (bits % 8 === 0) {
      return frame;
    }
    const whole = Math.floor((filled + bits) / 8);
    const out = new Uint8Array(whole + 1);
    out[0] = carry;
    for (let i = 0; i < frame.length; i += 1) {
      const byte = frame[i] ?? 0;
      out[i] = (out[i] ?? 0) | ((byte << filled) & 0xff);
      if (i + 1 < out.length) {
        out[i + 1] = byte >> (8 - filled);
      }
    }
    carry = out[whole] ?? 0;
    filled = (filled + bits) % 8;
    return out.subarray(0, whole);
  };
  for (const frame of ready) {
    yield shifted(frame);
  }
  for await (const frame of rest) {
    yield shifted(frame);
  }
  if (filled > 0) {
    yield Uint8Array.of(carry);
  }
}

/** Only what is different now. Bits Stored, High Bit and Pixel Representation say of the cells what they did before. */
function attributesOf(frame: RecodedFrame, header: DataSet, count: number): DataSet {
  const us = (value: number): Attribute => ({ vr: 'US', Value: [value] });
  const numbers: readonly (readonly [tag: string, value: number])[] = [
    ['00280002', frame.samplesPerPixel],
    // Samples of a pixel lie side by side in all that is made here.
    ...(frame.samplesPerPixel > 1 ? [['00280006', 0] as const] : []),
    ['00280010', frame.rows],
    ['00280011', frame.columns],
    ['00280100', frame.bitsAllocated],
  ];
  const changed = numbers
    .filter(([tag, value]) => firstNumber(header, tag) !== value)
    .map(([tag, value]) => [tag, us(value)] as const);
  const colours = firstText(header, '00280004')?.trim() === frame.photometricInterpretation;
  const frames = (firstNumber(header, '00280008') ?? 1) === count;
  return {
    ...Object.fromEntries(changed),
    ...(colours ? {} : { '00280004': { vr: 'CS', Value: [frame.photometricInterpretation] } satisfies Attribute }),
    ...(frames ? {} : { '00280008': { vr: 'IS', Value: [count] } satisfies Attribute }),
  };
}
