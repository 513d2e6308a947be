import { isJpeg } from '@filmless/dicom';
import { ArchiveError } from '../errors.ts';

export type FileKind = 'pdf' | 'jpeg' | 'png';

/** Bytes that are looked at; the header of a PDF lies within the first 1,024. ISO 32000-1 annex H, note 13. */
export const SNIFFED_BYTES = 1024;

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const HEIF_BRANDS: ReadonlySet<string> = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'mif1', 'msf1', 'avif']);

/** What a file is, by its first bytes and not by what its sender says. @throws ArchiveError `unsupported-media` with what to do */
export function kindOf(beginning: Uint8Array): FileKind {
  const text = latin(beginning.subarray(0, SNIFFED_BYTES));
  if (text.includes('%PDF-')) {
    return 'pdf';
  }
  if (isJpeg(beginning)) {
    return 'jpeg';
  }
  if (PNG.every((byte, index) => beginning[index] === byte)) {
    return 'png';
  }
  throw new ArchiveError('unsupported-media', reasonAgainst(text));
}

function reasonAgainst(text: string): string {
  if (text.slice(4, 8) === 'ftyp') {
    return HEIF_BRANDS.has(text.slice(8, 12))
      ? 'HEIC and AVIF photos cannot be stored in DICOM: send the photo as JPEG (on an iPhone: Settings, Camera, Formats, Most Compatible)'
      : 'Videos cannot be added here yet: send it as DICOM from the machine that made it';
  }
  return 'Only PDF, JPEG and PNG can be added to a study';
}

function latin(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
