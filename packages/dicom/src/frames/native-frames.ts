import type { FoundFrames } from './group-fragments.ts';

/** What the Image Pixel module says of a frame's size; absent or unreadable values are undefined. PS3.3 C.7.6.3. */
export interface ImageFacts {
  readonly rows: number | undefined;
  readonly columns: number | undefined;
  readonly samplesPerPixel: number | undefined;
  readonly bitsAllocated: number | undefined;
  readonly photometricInterpretation: string | undefined;
  readonly numberOfFrames: number;
}

/** Samples a pixel has on average where chroma is stored for every second or fourth pixel. PS3.3 C.7.6.3.1.2. */
const SUBSAMPLED: ReadonlyMap<string, number> = new Map(
  Object.entries({ YBR_FULL_422: 2, YBR_PARTIAL_422: 2, YBR_PARTIAL_420: 1.5 }),
);

/**
 * Frames of native pixel data, whose value has `length` bytes from `offset`: one after the other, without padding between
 * them even where a frame ends within a byte. Frames that are not wholly there are left out. PS3.5 8.1.1, 8.2.
 */
export function nativeFrames(facts: ImageFacts, offset: number, length: number): FoundFrames {
  if (length === 0) {
    return none('Pixel Data is empty');
  }
  const bitsPerFrame = bitsOfFrame(facts, length);
  if (bitsPerFrame === undefined) {
    return none('Rows, Columns or Bits Allocated is missing or zero: the size of a frame is unknown');
  }
  const whole = Math.floor((length * 8) / bitsPerFrame);
  const count = Math.min(facts.numberOfFrames, whole);
  if (count === 0) {
    return none(`Pixel Data has ${length} bytes, but a frame needs ${Math.ceil(bitsPerFrame / 8)}`);
  }
  const warnings = count < facts.numberOfFrames ? [`Pixel Data holds ${count} of ${facts.numberOfFrames} frames`] : [];
  return { table: { kind: 'native', offset, length, bitsPerFrame, count }, warnings };
}

function none(warning: string): FoundFrames {
  return { table: { kind: 'none', count: 0 }, warnings: [warning] };
}

function bitsOfFrame(facts: ImageFacts, length: number): number | undefined {
  const { rows, columns, bitsAllocated, samplesPerPixel = 1, photometricInterpretation = '', numberOfFrames } = facts;
  const pixelBits = (rows ?? 0) * (columns ?? 0) * (bitsAllocated ?? 0);
  const full = pixelBits * samplesPerPixel;
  const subsampled = SUBSAMPLED.get(photometricInterpretation);
  // Much data says 4:2:2 and holds every sample: then its length tells.
  const bits =
    subsampled !== undefined && samplesPerPixel === 3 && full * numberOfFrames > length * 8 ? pixelBits * subsampled : full;
  return Number.isSafeInteger(bits) && bits > 0 ? bits : undefined;
}
