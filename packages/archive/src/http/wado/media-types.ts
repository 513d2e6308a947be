import { EXPLICIT_VR_LITTLE_ENDIAN, findTransferSyntax, type TransferSyntax, transferSyntax } from '@filmless/dicom';
import type { TargetCoding } from '../../core/ports.ts';
import { covers, type Wish } from '../accept.ts';
import { transferForm } from './transfer-forms.ts';

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
  '1.2.840.10008.1.2.4.201': ['image/jphc', 'image/jph'],
  '1.2.840.10008.1.2.4.202': ['image/jphc', 'image/jph'],
  '1.2.840.10008.1.2.4.203': ['image/jphc', 'image/jph'],
};

/** What a media type means to whoever names no transfer syntax. PS3.18 table 8.7.3-2. */
const BY_DEFAULT: readonly (readonly [mediaType: string, transferSyntaxUid: string])[] = [
  ['image/jpeg', '1.2.840.10008.1.2.4.70'],
  ['image/dicom-rle', '1.2.840.10008.1.2.5'],
  ['image/x-dicom-rle', '1.2.840.10008.1.2.5'],
  ['image/jls', '1.2.840.10008.1.2.4.80'],
  ['image/x-jls', '1.2.840.10008.1.2.4.80'],
  ['image/jp2', '1.2.840.10008.1.2.4.90'],
  ['image/jphc', '1.2.840.10008.1.2.4.201'],
  ['image/jph', '1.2.840.10008.1.2.4.201'],
];

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
  /** The stored bytes as they are, decoded to uncompressed little endian, or coded anew. */
  readonly coding: 'stored' | TargetCoding;
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
  const decoded = {
    mediaType: OCTET_STREAM,
    transferSyntaxUid: EXPLICIT_VR_LITTLE_ENDIAN,
    coding: plain ? 'stored' : 'native',
  } as const;
  const [mediaType = OCTET_STREAM, ...others] = typesOf(syntax.uid);
  const stored = { mediaType, transferSyntaxUid: syntax.uid, coding: 'stored' } as const;
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
  return found.length > 0 ? found : made(wish, syntax.uid);
}

/** Frames in another coding than the stored one, which somebody asks for by name. */
function made({ type, transferSyntax: asked }: Wish, storedUid: string): readonly Form[] {
  const byDefault = BY_DEFAULT.find(([mediaType]) => covers(type, mediaType));
  const uid = asked === undefined || asked === '*' ? (type === '*/*' ? undefined : byDefault?.[1]) : asked;
  const form = uid === undefined ? undefined : transferForm(storedUid, uid);
  if (uid === undefined || form === undefined || form === 'native') {
    return [];
  }
  const names = [...typesOf(uid), OCTET_STREAM];
  const mediaType = names.find((name) => covers(type, name));
  return mediaType === undefined ? [] : [{ mediaType, transferSyntaxUid: uid, coding: form === 'renamed' ? 'stored' : form }];
}

function typesOf(uid: string): readonly string[] {
  const coding = findTransferSyntax(uid)?.coding;
  return MEDIA_TYPES[uid] ?? (coding && BY_CODING[coding]) ?? [];
}

/** What frames stored in a transfer syntax can be had as, in words. */
export function availableFrames(storedUid: string): string {
  const others = BY_DEFAULT.filter(
    ([mediaType, uid]) => !mediaType.includes('/x-') && transferForm(storedUid, uid) !== undefined,
  );
  const types = [
    ...new Set([...(others.length > 0 ? [OCTET_STREAM] : typesOf(storedUid)), ...others.map(([mediaType]) => mediaType)]),
  ];
  return `The frames are stored in transfer syntax ${storedUid}, and available as ${types.join(', ')}.`;
}

/** Media types that frames can be had as, beside bytes: those that others are made into, and those that only what is stored so has. */
export const FRAME_TYPES: readonly string[] = [
  ...new Set([
    ...BY_DEFAULT.map(([mediaType]) => mediaType).filter((mediaType) => !mediaType.includes('/x-')),
    ...Object.values(MEDIA_TYPES).flatMap(([mediaType]) => (mediaType === undefined ? [] : [mediaType])),
  ]),
];
