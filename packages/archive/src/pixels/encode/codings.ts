import type { LosslessCoding, LossyCoding } from '../../core/ports.ts';

/** What decodes a coding: `PixelLayout.coding` of a frame that is in it. */
export const DECODED_AS: Readonly<Record<LosslessCoding | LossyCoding, string>> = {
  rle: 'rle',
  'jpeg-lossless': 'jpeg-lossless',
  'jpeg-ls': 'jpeg-ls',
  'jpeg-2000': 'jpeg-2000',
  htj2k: 'htj2k',
  'htj2k-rpcl': 'htj2k',
  'deflated-frame': 'deflated-frame',
  'encapsulated-native': 'encapsulated-native',
  'jpeg-baseline': 'jpeg-baseline',
  'jpeg-extended': 'jpeg-extended',
  'jpeg-ls-near': 'jpeg-ls',
  'jpeg-2000-lossy': 'jpeg-2000',
  'htj2k-lossy': 'htj2k',
};

const LOSSY: ReadonlySet<string> = new Set<LossyCoding>([
  'jpeg-baseline',
  'jpeg-extended',
  'jpeg-ls-near',
  'jpeg-2000-lossy',
  'htj2k-lossy',
]);

export function isLossy(coding: LosslessCoding | LossyCoding): coding is LossyCoding {
  return LOSSY.has(coding);
}
