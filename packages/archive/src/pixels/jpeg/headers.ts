import { ArchiveError } from '../../core/errors.ts';

/** How a frame is coded, by its SOF marker. T.81 table B.1. */
type JpegProcess = 'sequential' | 'progressive' | 'lossless';

const PROCESS: Readonly<Record<number, JpegProcess>> = {
  192: 'sequential',
  193: 'sequential',
  194: 'progressive',
  195: 'lossless',
};

interface JpegComponent {
  readonly id: number;
  /** Sampling factors. */
  readonly h: number;
  readonly v: number;
  readonly quantization: number;
}

/** The frame header. T.81 B.2.2. */
export interface JpegHeader {
  readonly process: JpegProcess;
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: readonly JpegComponent[];
  /** The colour transform Adobe's APP14 names: 0 none, 1 YCbCr. */
  readonly adobeTransform: number | undefined;
  readonly jfif: boolean;
}

/** A scan's header. For a lossless process `start` is the predictor and `low` the point transform. T.81 B.2.3. */
export interface ScanHeader {
  readonly components: readonly { readonly index: number; readonly dc: number; readonly ac: number }[];
  readonly start: number;
  readonly end: number;
  readonly high: number;
  readonly low: number;
}

export function bad(what: string): ArchiveError {
  return new ArchiveError('cannot-decode', `JPEG: ${what}`);
}

/** One marker segment; `body` lies behind the length. */
export interface Segment {
  readonly marker: number;
  readonly body: Uint8Array;
  /** Where the next one begins. */
  readonly next: number;
}

/** The marker segment at or after `at`; `undefined` at the end of the image or of the bytes. T.81 B.1.1.4. */
export function nextSegment(bytes: Uint8Array, at: number): Segment | undefined {
  let position = at;
  while (position + 1 < bytes.length) {
    const marker = bytes[position + 1] ?? 0;
    if (bytes[position] !== 0xff || marker === 0xff || marker === 0) {
      position += 1;
      continue;
    }
    if (marker === 0xd9) {
      return undefined;
    }
    if (marker === 0xd8 || marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
      position += 2;
      continue;
    }
    const length = ((bytes[position + 2] ?? 0) << 8) | (bytes[position + 3] ?? 0);
    if (length < 2 || position + 2 + length > bytes.length) {
      throw bad(`the segment of marker ${marker.toString(16)} goes beyond the data`);
    }
    return { marker, body: bytes.subarray(position + 4, position + 2 + length), next: position + 2 + length };
  }
  return undefined;
}

const isFrameMarker = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** Looks for the frame header without decoding anything; also says what a JPEG-LS frame (SOF55) measures. */
export function readJpegHeader(bytes: Uint8Array): (JpegHeader & { readonly jpegLs: boolean }) | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) {
    return undefined;
  }
  let adobeTransform: number | undefined;
  let jfif = false;
  for (let segment = nextSegment(bytes, 2); segment !== undefined; segment = nextSegment(bytes, segment.next)) {
    const { marker, body } = segment;
    if (marker === 0xee && startsWith(body, 'Adobe')) {
      adobeTransform = body[11];
    } else if (marker === 0xe0 && startsWith(body, 'JFIF')) {
      jfif = true;
    } else if (isFrameMarker(marker) || marker === 0xf7) {
      return { ...frameHeader(marker, body), adobeTransform, jfif, jpegLs: marker === 0xf7 };
    } else if (marker === 0xda) {
      throw bad('a scan before the frame header');
    }
  }
  throw bad('no frame header');
}

function frameHeader(marker: number, body: Uint8Array): Omit<JpegHeader, 'adobeTransform' | 'jfif'> {
  const process = marker === 0xf7 ? 'lossless' : PROCESS[marker];
  if (process === undefined) {
    throw bad(`process SOF${marker - 0xc0} (hierarchical or arithmetic coding) is retired and cannot be decoded`);
  }
  const count = body[5] ?? 0;
  if (count < 1 || count > 4 || body.length < 6 + 3 * count) {
    throw bad(`a frame of ${count} components`);
  }
  const components = Array.from({ length: count }, (_, index) => {
    const at = 6 + 3 * index;
    const sampling = body[at + 1] ?? 0;
    return { id: body[at] ?? 0, h: sampling >> 4, v: sampling & 15, quantization: (body[at + 2] ?? 0) & 3 };
  });
  if (components.some(({ h, v }) => h < 1 || h > 4 || v < 1 || v > 4)) {
    throw bad('a sampling factor is not 1 to 4');
  }
  const rows = ((body[1] ?? 0) << 8) | (body[2] ?? 0);
  const columns = ((body[3] ?? 0) << 8) | (body[4] ?? 0);
  return { process, precision: body[0] ?? 0, rows, columns, components };
}

export function readScanHeader(body: Uint8Array, header: JpegHeader): ScanHeader {
  const count = body[0] ?? 0;
  if (count < 1 || count > 4 || body.length < 4 + 2 * count) {
    throw bad(`a scan of ${count} components`);
  }
  const components = Array.from({ length: count }, (_, i) => {
    const index = header.components.findIndex((component) => component.id === body[1 + 2 * i]);
    if (index < 0) {
      throw bad('a scan names a component the frame does not have');
    }
    const tables = body[2 + 2 * i] ?? 0;
    return { index, dc: (tables >> 4) & 3, ac: tables & 3 };
  });
  const at = 1 + 2 * count;
  const approximation = body[at + 2] ?? 0;
  return { components, start: body[at] ?? 0, end: body[at + 1] ?? 0, high: approximation >> 4, low: approximation & 15 };
}

function startsWith(body: Uint8Array, text: string): boolean {
  return [...text].every((letter, index) => body[index] === letter.charCodeAt(0));
}
