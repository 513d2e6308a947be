import { ArchiveError } from '../../core/errors.ts';

/** What the SIZ marker of a JPEG 2000 or HTJ2K codestream says. ISO 15444-1 A.5.1. */
export interface CodestreamSize {
  readonly columns: number;
  readonly rows: number;
  readonly components: readonly {
    readonly bits: number;
    readonly signed: boolean;
    readonly across: number;
    readonly down: number;
  }[];
  /** Where the first component's `Ssiz` byte lies. */
  readonly componentsAt: number;
}

const SIZ = 0xff51;
const JP2_SIGNATURE = 0x6a502020;
const CODESTREAM_BOX = 0x6a703263;

/** Whether the bytes begin as a codestream, or as the JP2 file some machines write in its place. */
export function isJpeg2000(bytes: Uint8Array): boolean {
  return codestreamStart(bytes) !== undefined;
}

export function readCodestreamSize(bytes: Uint8Array): CodestreamSize {
  const start = codestreamStart(bytes);
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (start === undefined || start + 42 > bytes.length || data.getUint16(start + 2) !== SIZ) {
    throw new ArchiveError('cannot-decode', 'JPEG 2000: no codestream header');
  }
  if (start > 0 && hasPalette(bytes.subarray(0, start))) {
    throw new ArchiveError('cannot-decode', 'JPEG 2000: a palette around the codestream; the header holds palettes');
  }
  const right = data.getUint32(start + 8);
  const bottom = data.getUint32(start + 12);
  if (data.getUint32(start + 16) !== 0 || data.getUint32(start + 20) !== 0) {
    throw new ArchiveError('cannot-decode', 'JPEG 2000: an image area that does not begin at 0, 0');
  }
  const count = data.getUint16(start + 40);
  const componentsAt = start + 42;
  if (count < 1 || count > 4 || componentsAt + 3 * count > bytes.length) {
    throw new ArchiveError('cannot-decode', `JPEG 2000: ${count} components`);
  }
  const components = Array.from({ length: count }, (_, index) => {
    const depth = data.getUint8(componentsAt + 3 * index);
    return {
      bits: (depth & 0x7f) + 1,
      signed: depth > 127,
      across: data.getUint8(componentsAt + 3 * index + 1),
      down: data.getUint8(componentsAt + 3 * index + 2),
    };
  });
  return { columns: right, rows: bottom, components, componentsAt };
}

function codestreamStart(bytes: Uint8Array): number | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0x4f) {
    return 0;
  }
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || data.getUint32(4) !== JP2_SIGNATURE) {
    return undefined;
  }
  for (let at = 0; at + 8 <= bytes.length; ) {
    if (data.getUint32(at + 4) === CODESTREAM_BOX) {
      const start = at + (data.getUint32(at) === 1 ? 16 : 8);
      return bytes[start] === 0xff && bytes[start + 1] === 0x4f ? start : undefined;
    }
    const length = data.getUint32(at);
    if (length < 8) {
      return undefined;
    }
    at += length;
  }
  return undefined;
}

/** A palette of a JP2 file makes up to 255 components of one: far more than the codestream names. ISO 15444-1 I.5.3.4. */
function hasPalette(boxes: Uint8Array): boolean {
  return Buffer.from(boxes.buffer, boxes.byteOffset, boxes.byteLength).includes('pclr');
}
