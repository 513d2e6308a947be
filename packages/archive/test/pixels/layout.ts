import type { PixelLayout } from '../../src/pixels/image/layout.ts';

/** A layout of one 16-bit gray image, changed as a test needs it. */
export function layoutOf(change: Partial<PixelLayout> = {}): PixelLayout {
  const bits = change.bitsAllocated ?? 16;
  return {
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    coding: 'native',
    lossy: false,
    rows: 2,
    columns: 2,
    samplesPerPixel: 1,
    photometricInterpretation: 'MONOCHROME2',
    bitsAllocated: bits,
    bitsStored: bits,
    highBit: bits - 1,
    signed: false,
    planar: false,
    numbers: 'integer',
    bigEndian: false,
    wordsOfTwo: bits > 8,
    ...change,
  };
}
