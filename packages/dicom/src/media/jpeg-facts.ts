import { DicomError } from '../errors.ts';
import { readExif } from './exif.ts';

/** How it is coded, by its frame marker. T.81 table B.1; 0xf7 is that of JPEG-LS. */
export type JpegKind = 'baseline' | 'extended' | 'progressive' | 'lossless' | 'jpeg-ls' | 'other';

/** What the markers before the first scan of a JPEG image say. */
export interface JpegFacts {
  readonly kind: JpegKind;
  readonly rows: number;
  readonly columns: number;
  /** Bits of a sample. */
  readonly precision: number;
  readonly components: number;
  /** Colours are stored as they are, without a transform into luminance and chrominance. */
  readonly isRgb: boolean;
  /** How it is to be turned to stand upright, 1 (as it is) to 8. EXIF 2.32 4.6.4 tag 0112. */
  readonly orientation: number;
  /** When a camera says it was taken: `YYYYMMDDHHMMSS`, local. */
  readonly takenAt: string | undefined;
  /** Segments that say where, when and with what it was taken: EXIF, XMP, IPTC, comments. Without them the picture is the same. */
  readonly notes: readonly { readonly offset: number; readonly length: number }[];
  /** First byte of the first scan's header. */
  readonly scan: number;
}

const KINDS: Readonly<Record<number, JpegKind>> = {
  192: 'baseline',
  193: 'extended',
  194: 'progressive',
  195: 'lossless',
  247: 'jpeg-ls',
};
/** APP1 (EXIF, XMP), APP13 (IPTC), COM. */
const NOTES: ReadonlySet<number> = new Set([0xe1, 0xed, 0xfe]);

type Frame = Pick<JpegFacts, 'kind' | 'rows' | 'columns' | 'precision' | 'components'> & { readonly ids: string };

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * Reads the markers of a JPEG file up to its first scan. T.81 B.2.
 * @param bytes its beginning, at least to there
 * @throws DicomError `invalid-value` for what is no JPEG, `truncated` when the first scan lies behind `bytes`
 */
export function readJpegFacts(bytes: Uint8Array): JpegFacts {
  if (!isJpeg(bytes)) {
    throw new DicomError('invalid-value', 'not a JPEG image');
  }
  let frame: Frame | undefined;
  let transform: number | undefined;
  let isJfif = false;
  let exif: ReturnType<typeof readExif> | undefined;
  const notes: { offset: number; length: number }[] = [];
  for (const { marker, offset, body } of segments(bytes)) {
    if (marker === 0xda) {
      if (frame === undefined) {
        break;
      }
      const { ids, ...facts } = frame;
      const isRgb = facts.components === 3 && (transform === 0 || (transform === undefined && !isJfif && ids === 'RGB'));
      return { ...facts, isRgb, orientation: exif?.orientation ?? 1, takenAt: exif?.takenAt, notes, scan: offset };
    }
    if (NOTES.has(marker)) {
      notes.push({ offset, length: body.byteLength + 4 });
    }
    if (marker === 0xe1) {
      exif ??= readExif(body);
    } else if (marker === 0xe0) {
      isJfif ||= startsWith(body, 'JFIF');
    } else if (marker === 0xee && startsWith(body, 'Adobe')) {
      transform = body[11];
    } else if (isFrame(marker)) {
      frame ??= frameOf(marker, body);
    }
  }
  throw new DicomError('invalid-value', 'a JPEG image without a frame header before its first scan');
}

function* segments(
  bytes: Uint8Array,
): Generator<{ readonly marker: number; readonly offset: number; readonly body: Uint8Array }> {
  for (let offset = 2; ; ) {
    while (bytes[offset] === 0xff && bytes[offset + 1] === 0xff) {
      offset += 1;
    }
    if (offset + 4 > bytes.byteLength) {
      throw new DicomError('truncated', `the markers of the JPEG image go on behind byte ${bytes.byteLength}`);
    }
    const marker = bytes[offset + 1] ?? 0;
    const length = ((bytes[offset + 2] ?? 0) << 8) | (bytes[offset + 3] ?? 0);
    if (bytes[offset] !== 0xff || marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9) || length < 2) {
      throw new DicomError('invalid-value', `no marker segment of a JPEG image at byte ${offset}`);
    }
    const end = offset + 2 + length;
    if (end > bytes.byteLength) {
      throw new DicomError('truncated', `the markers of the JPEG image go on behind byte ${bytes.byteLength}`);
    }
    yield { marker, offset, body: bytes.subarray(offset + 4, end) };
    offset = end;
  }
}

/** SOF0 to SOF15 but DHT, JPG and DAC, and JPEG-LS. */
function isFrame(marker: number): boolean {
  return (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) || marker === 0xf7;
}

function frameOf(marker: number, body: Uint8Array): Frame {
  const word = (at: number): number => ((body[at] ?? 0) << 8) | (body[at + 1] ?? 0);
  const components = body[5] ?? 0;
  const ids = Array.from({ length: Math.min(components, 4) }, (_, index) => String.fromCharCode(body[6 + 3 * index] ?? 0)).join(
    '',
  );
  return { kind: KINDS[marker] ?? 'other', precision: body[0] ?? 0, rows: word(1), columns: word(3), components, ids };
}

function startsWith(body: Uint8Array, text: string): boolean {
  return [...text].every((letter, index) => body[index] === letter.charCodeAt(0));
}
