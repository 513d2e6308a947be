import { DicomError, readFileMeta } from '@filmless/dicom';

/** What a file is, judged by its first bytes and not by its name. */
export type FileKind =
  | { readonly kind: 'dicom'; readonly sopInstanceUid: string | undefined }
  | { readonly kind: 'zip' | 'dicomdir' | 'other' };

/** Enough for the preamble and the longest file meta information that is met. */
const LOOK_AT = 4096;

/** Media Storage Directory Storage. PS3.10 8.6. */
const DICOMDIR_SOP_CLASS = '1.2.840.10008.1.3.10';

export async function sniff(file: Blob): Promise<FileKind> {
  return kindOf(new Uint8Array(await file.slice(0, LOOK_AT).arrayBuffer()));
}

export function kindOf(bytes: Uint8Array): FileKind {
  if (isZip(bytes)) {
    return { kind: 'zip' };
  }
  try {
    const { meta } = readFileMeta(bytes);
    if (meta.mediaStorageSopClassUid === DICOMDIR_SOP_CLASS) {
      return { kind: 'dicomdir' };
    }
    return { kind: 'dicom', sopInstanceUid: meta.mediaStorageSopInstanceUid || undefined };
  } catch (error) {
    if (error instanceof DicomError) {
      return { kind: 'other' };
    }
    throw error;
  }
}

/** `PK`, then a local file header, or the end record of an empty archive. */
function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6));
}
