import { EXPLICIT_VR_LITTLE_ENDIAN, type TransferSyntax, transferSyntax } from '@filmless/dicom';
import { covers, type Wish } from '../accept.ts';

export const OCTET_STREAM = 'application/octet-stream';

/** Media types of stored frames by transfer syntax; the second name is what older clients say. PS3.18 tables 8.7.3-2 to 8.7.3-5. */
const MEDIA_TYPES: Readonly<Record<string, readonly string[]>> = {
  '1.2.840.10008.1.2.5': ['image/dicom-rle', 'image/x-dicom-rle'],
  '1.2.840.10008.1.2.4.80': ['image/jls', 'image/x-jls'],
  '1.2.840.10008.1.2.4.81': ['image/jls', 'image/x-jls'],
  '1.2.840.10008.1.2.4.90': ['image/jp2'],
  '1.2.840.10008.1.2.4.91': ['image/jp2'],
  '1.2.840.10008.1.2.4.92': ['image/jpx'],
  '1.2.840.10008.1.2.4.93': ['image/jpx'],
  '1.2.840.10008.1.2.4.100': ['video/mpeg2', 'video/mpeg'],
  '1.2.840.10008.1.2.4.101': ['video/mpeg2', 'video/mpeg'],
  '1.2.840.10008.1.2.4.102': ['video/mp4'],
  '1.2.840.10008.1.2.4.103': ['video/mp4'],
  '1.2.840.10008.1.2.4.104': ['video/mp4'],
  '1.2.840.10008.1.2.4.105': ['video/mp4'],
  '1.2.840.10008.1.2.4.106': ['video/mp4'],
  '1.2.840.10008.1.2.4.107': ['video/h265'],
  '1.2.840.10008.1.2.4.108': ['video/h265'],
  '1.2.840.10008.1.2.4.110': ['image/jxl'],
  '1.2.840.10008.1.2.4.111': ['image/jxl'],
  '1.2.840.10008.1.2.4.112': ['image/jxl'],
  '1.2.840.10008.1.2.4.201': ['image/jphc'],
  '1.2.840.10008.1.2.4.202': ['image/jphc'],
  '1.2.840.10008.1.2.4.203': ['image/jphc'],
};

const BY_CODING: Partial<Record<TransferSyntax['coding'], readonly string[]>> = {
  'jpeg-baseline': ['image/jpeg'],
  'jpeg-extended': ['image/jpeg'],
  'jpeg-lossless': ['image/jpeg'],
  'jpeg-retired': ['image/jpeg'],
};

/** One way to answer with frames. */
export interface FrameForm {
  readonly container: 'multipart' | 'single';
  readonly mediaType: string;
  readonly transferSyntaxUid: string;
  /** The stored bytes as they are, or decoded to uncompressed little endian. */
  readonly decoded: boolean;
}

/** Frames of these lie in the object as uncompressed little endian already. */
function isPlain(syntax: TransferSyntax): boolean {
  const coded = syntax.coding !== 'native' && syntax.coding !== 'encapsulated-native';
  return !coded && syntax.littleEndian && !syntax.bigEndianPixels;
}

/**
 * The ways a client would take frames stored in a transfer syntax, the most wanted first. Uncompressed frames are Explicit VR
 * Little Endian to the client, whatever the syntax of their data set. PS3.18 8.7.3.
 */
export function frameForms(asked: readonly Wish[], storedUid: string, frames: number): readonly FrameForm[] {
  const syntax = transferSyntax(storedUid);
  return asked.flatMap((wish) => {
    const container = wish.container === 'single' ? 'single' : 'multipart';
    return container === 'single' && frames > 1 ? [] : forms(wish, syntax).map((form) => ({ ...form, container }));
  });
}

type Form = Omit<FrameForm, 'container'>;

function forms(wish: Wish, syntax: TransferSyntax): readonly Form[] {
  const plain = isPlain(syntax);
  const decoded = { mediaType: OCTET_STREAM, transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN, decoded: !plain };
  const [mediaType = OCTET_STREAM, ...others] = MEDIA_TYPES[syntax.uid] ?? BY_CODING[syntax.coding] ?? [];
  const stored = { mediaType, transferSyntaxUid: syntax.uid, decoded: false };
  const { type, transferSyntax: asked } = wish;
  const wantsStored = asked === undefined || asked === '*' || asked === syntax.uid;
  const found: Form[] = [];
  const named = [mediaType, ...others].find((one) => one !== OCTET_STREAM && covers(type, one));
  if (!plain && wantsStored && asked !== undefined && covers(type, OCTET_STREAM)) {
    found.push(named === undefined ? { ...stored, mediaType: OCTET_STREAM } : { ...stored, mediaType: named });
  } else if (!plain && wantsStored && named !== undefined && type !== '*/*') {
    found.push({ ...stored, mediaType: named });
  }
  if (covers(type, OCTET_STREAM) && (asked === undefined || asked === '*' || asked === EXPLICIT_VR_LITTLE_ENDIAN)) {
    found.push(decoded);
  }
  // Whoever takes anything takes what cannot be decoded as it is.
  if (!plain && type === '*/*' && asked === undefined) {
    found.push(stored);
  }
  return found;
}
