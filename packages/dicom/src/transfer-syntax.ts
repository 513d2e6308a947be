import { DicomError } from './errors.ts';
import { trimUid } from './uid.ts';

/** How frames are coded. `native` is uncoded; of `mpeg` no frame is a byte range of its own. */
export type FrameCoding =
  | 'native'
  | 'encapsulated-native'
  | 'rle'
  | 'jpeg-baseline'
  | 'jpeg-extended'
  | 'jpeg-lossless'
  | 'jpeg-retired'
  | 'jpeg-ls'
  | 'jpeg-2000'
  | 'jpeg-2000-part2'
  | 'htj2k'
  | 'jpeg-xl'
  | 'deflated-frame'
  | 'mpeg'
  | 'jpip'
  | 'smpte'
  | 'mime';

export interface TransferSyntax {
  readonly uid: string;
  readonly name: string;
  readonly littleEndian: boolean;
  readonly explicitVr: boolean;
  /** Pixel Data is a sequence of fragments. PS3.5 A.4. */
  readonly encapsulated: boolean;
  /** The data set after the file meta information is one deflate stream. PS3.5 A.5. */
  readonly deflated: boolean;
  readonly coding: FrameCoding;
  /** The coding may lose information. */
  readonly lossy: boolean;
  /** The words of Pixel Data are big endian, whatever the rest of the data set is. */
  readonly bigEndianPixels: boolean;
}

export const IMPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2';
export const EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1';
export const DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN = '1.2.840.10008.1.2.1.99';
export const EXPLICIT_VR_BIG_ENDIAN = '1.2.840.10008.1.2.2';

/** UID after `1.2.840.10008.1.2.`, coding, loses information, name. All encapsulated, explicit, little endian. PS3.6 table A-1, PS3.5 A.4. */
const ENCAPSULATED: readonly (readonly [suffix: string, coding: FrameCoding, lossy: boolean, name: string])[] = [
  ['1.98', 'encapsulated-native', false, 'Encapsulated Uncompressed Explicit VR Little Endian'],
  ['4.50', 'jpeg-baseline', true, 'JPEG Baseline (Process 1)'],
  ['4.51', 'jpeg-extended', true, 'JPEG Extended (Process 2 and 4)'],
  ['4.52', 'jpeg-retired', true, 'JPEG Extended (Process 3 and 5) (Retired)'],
  ['4.53', 'jpeg-retired', true, 'JPEG Spectral Selection, Non-Hierarchical (Process 6 and 8) (Retired)'],
  ['4.54', 'jpeg-retired', true, 'JPEG Spectral Selection, Non-Hierarchical (Process 7 and 9) (Retired)'],
  ['4.55', 'jpeg-retired', true, 'JPEG Full Progression, Non-Hierarchical (Process 10 and 12) (Retired)'],
  ['4.56', 'jpeg-retired', true, 'JPEG Full Progression, Non-Hierarchical (Process 11 and 13) (Retired)'],
  ['4.57', 'jpeg-lossless', false, 'JPEG Lossless, Non-Hierarchical (Process 14)'],
  ['4.58', 'jpeg-retired', false, 'JPEG Lossless, Non-Hierarchical (Process 15) (Retired)'],
  ['4.59', 'jpeg-retired', true, 'JPEG Extended, Hierarchical (Process 16 and 18) (Retired)'],
  ['4.60', 'jpeg-retired', true, 'JPEG Extended, Hierarchical (Process 17 and 19) (Retired)'],
  ['4.61', 'jpeg-retired', true, 'JPEG Spectral Selection, Hierarchical (Process 20 and 22) (Retired)'],
  ['4.62', 'jpeg-retired', true, 'JPEG Spectral Selection, Hierarchical (Process 21 and 23) (Retired)'],
  ['4.63', 'jpeg-retired', true, 'JPEG Full Progression, Hierarchical (Process 24 and 26) (Retired)'],
  ['4.64', 'jpeg-retired', true, 'JPEG Full Progression, Hierarchical (Process 25 and 27) (Retired)'],
  ['4.65', 'jpeg-retired', false, 'JPEG Lossless, Hierarchical (Process 28) (Retired)'],
  ['4.66', 'jpeg-retired', false, 'JPEG Lossless, Hierarchical (Process 29) (Retired)'],
  ['4.70', 'jpeg-lossless', false, 'JPEG Lossless, Non-Hierarchical, First-Order Prediction (Process 14 [Selection Value 1])'],
  ['4.80', 'jpeg-ls', false, 'JPEG-LS Lossless Image Compression'],
  ['4.81', 'jpeg-ls', true, 'JPEG-LS Lossy (Near-Lossless) Image Compression'],
  ['4.90', 'jpeg-2000', false, 'JPEG 2000 Image Compression (Lossless Only)'],
  ['4.91', 'jpeg-2000', true, 'JPEG 2000 Image Compression'],
  ['4.92', 'jpeg-2000-part2', false, 'JPEG 2000 Part 2 Multi-component Image Compression (Lossless Only)'],
  ['4.93', 'jpeg-2000-part2', true, 'JPEG 2000 Part 2 Multi-component Image Compression'],
  ['4.100', 'mpeg', true, 'MPEG2 Main Profile / Main Level'],
  ['4.100.1', 'mpeg', true, 'Fragmentable MPEG2 Main Profile / Main Level'],
  ['4.101', 'mpeg', true, 'MPEG2 Main Profile / High Level'],
  ['4.101.1', 'mpeg', true, 'Fragmentable MPEG2 Main Profile / High Level'],
  ['4.102', 'mpeg', true, 'MPEG-4 AVC/H.264 High Profile / Level 4.1'],
  ['4.102.1', 'mpeg', true, 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.1'],
  ['4.103', 'mpeg', true, 'MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1'],
  ['4.103.1', 'mpeg', true, 'Fragmentable MPEG-4 AVC/H.264 BD-compatible High Profile / Level 4.1'],
  ['4.104', 'mpeg', true, 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video'],
  ['4.104.1', 'mpeg', true, 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 2D Video'],
  ['4.105', 'mpeg', true, 'MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video'],
  ['4.105.1', 'mpeg', true, 'Fragmentable MPEG-4 AVC/H.264 High Profile / Level 4.2 For 3D Video'],
  ['4.106', 'mpeg', true, 'MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2'],
  ['4.106.1', 'mpeg', true, 'Fragmentable MPEG-4 AVC/H.264 Stereo High Profile / Level 4.2'],
  ['4.107', 'mpeg', true, 'HEVC/H.265 Main Profile / Level 5.1'],
  ['4.108', 'mpeg', true, 'HEVC/H.265 Main 10 Profile / Level 5.1'],
  ['4.110', 'jpeg-xl', false, 'JPEG XL Lossless'],
  ['4.111', 'jpeg-xl', true, 'JPEG XL JPEG Recompression'],
  ['4.112', 'jpeg-xl', true, 'JPEG XL'],
  ['4.201', 'htj2k', false, 'High-Throughput JPEG 2000 Image Compression (Lossless Only)'],
  ['4.202', 'htj2k', false, 'High-Throughput JPEG 2000 with RPCL Options Image Compression (Lossless Only)'],
  ['4.203', 'htj2k', true, 'High-Throughput JPEG 2000 Image Compression'],
  ['5', 'rle', false, 'RLE Lossless'],
  ['8.1', 'deflated-frame', false, 'Deflated Image Frame Compression'],
];

const NATIVE = {
  littleEndian: true,
  explicitVr: true,
  encapsulated: false,
  deflated: false,
  coding: 'native',
  lossy: false,
  bigEndianPixels: false,
} as const;

const OTHERS: readonly TransferSyntax[] = [
  { ...NATIVE, uid: IMPLICIT_VR_LITTLE_ENDIAN, name: 'Implicit VR Little Endian', explicitVr: false },
  { ...NATIVE, uid: EXPLICIT_VR_LITTLE_ENDIAN, name: 'Explicit VR Little Endian' },
  { ...NATIVE, uid: DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, name: 'Deflated Explicit VR Little Endian', deflated: true },
  {
    ...NATIVE,
    uid: EXPLICIT_VR_BIG_ENDIAN,
    name: 'Explicit VR Big Endian (Retired)',
    littleEndian: false,
    bigEndianPixels: true,
  },
  { ...NATIVE, uid: '1.2.840.10008.1.2.4.94', name: 'JPIP Referenced', coding: 'jpip', lossy: true },
  { ...NATIVE, uid: '1.2.840.10008.1.2.4.95', name: 'JPIP Referenced Deflate', coding: 'jpip', lossy: true, deflated: true },
  { ...NATIVE, uid: '1.2.840.10008.1.2.4.204', name: 'JPIP HTJ2K Referenced', coding: 'jpip', lossy: true },
  {
    ...NATIVE,
    uid: '1.2.840.10008.1.2.4.205',
    name: 'JPIP HTJ2K Referenced Deflate',
    coding: 'jpip',
    lossy: true,
    deflated: true,
  },
  { ...NATIVE, uid: '1.2.840.10008.1.2.6.1', name: 'RFC 2557 MIME encapsulation (Retired)', coding: 'mime' },
  { ...NATIVE, uid: '1.2.840.10008.1.2.6.2', name: 'XML Encoding (Retired)', coding: 'mime' },
  { ...NATIVE, uid: '1.2.840.10008.1.2.7.1', name: 'SMPTE ST 2110-20 Uncompressed Progressive Active Video', coding: 'smpte' },
  { ...NATIVE, uid: '1.2.840.10008.1.2.7.2', name: 'SMPTE ST 2110-20 Uncompressed Interlaced Active Video', coding: 'smpte' },
  { ...NATIVE, uid: '1.2.840.10008.1.2.7.3', name: 'SMPTE ST 2110-30 PCM Digital Audio', coding: 'smpte' },
  { ...NATIVE, uid: '1.2.840.10008.1.20', name: 'Papyrus 3 Implicit VR Little Endian (Retired)', explicitVr: false },
  // NOTE: like Implicit VR Little Endian but for the words of Pixel Data, despite its name.
  {
    ...NATIVE,
    uid: '1.2.840.113619.5.2',
    name: 'Implicit VR Big Endian DLX (GE Private)',
    explicitVr: false,
    bigEndianPixels: true,
  },
];

/** Every transfer syntax of PS3.6 table A-1, and one private one that is met. */
export const TRANSFER_SYNTAXES: readonly TransferSyntax[] = [
  ...OTHERS,
  ...ENCAPSULATED.map(([suffix, coding, lossy, name]) => ({
    uid: `1.2.840.10008.1.2.${suffix}`,
    name,
    littleEndian: true,
    explicitVr: true,
    encapsulated: true,
    deflated: false,
    coding,
    lossy,
    bigEndianPixels: false,
  })),
];

const BY_UID: ReadonlyMap<string, TransferSyntax> = new Map(TRANSFER_SYNTAXES.map((syntax) => [syntax.uid, syntax]));

export function findTransferSyntax(uid: string): TransferSyntax | undefined {
  return BY_UID.get(trimUid(uid));
}

/** @throws DicomError `unknown-transfer-syntax` */
export function transferSyntax(uid: string): TransferSyntax {
  const found = findTransferSyntax(uid);
  if (found === undefined) {
    throw new DicomError('unknown-transfer-syntax', `unknown transfer syntax ${JSON.stringify(uid.slice(0, 80))}`);
  }
  return found;
}

const uid = (suffix: string): string => `1.2.840.10008.1.2.${suffix}`;

/** JPEG lossless with any predictor, JPEG 2000 and HTJ2K that may be reversible, HTJ2K in any progression. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  [uid('4.70')]: [uid('4.57')],
  [uid('4.90')]: [uid('4.91')],
  [uid('4.201')]: [uid('4.203')],
  [uid('4.202')]: [uid('4.201'), uid('4.203')],
};

/** Transfer syntaxes that allow all that one does: its bytes are theirs too, under their name. PS3.5 A.4.1, A.4.4, A.4.13. */
export function widerSyntaxes(transferSyntaxUid: string): readonly string[] {
  return WIDER[transferSyntaxUid] ?? [];
}

const NEVER_DECODED: ReadonlySet<FrameCoding> = new Set<FrameCoding>(['mpeg', 'jpip', 'smpte', 'mime', 'jpeg-xl']);

/** Whether its frames can be had as numbers, and so in other transfer syntaxes: not video, nor what only refers to pixels. */
export function isDecodable({ coding }: Pick<TransferSyntax, 'coding'>): boolean {
  return !NEVER_DECODED.has(coding);
}
