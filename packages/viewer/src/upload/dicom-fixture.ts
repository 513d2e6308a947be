import { writeFileMeta } from '@filmless/dicom';

/** A small DICOM file: meta information and one element. */
export function dicomFile(sopInstanceUid: string, sopClassUid = '1.2.840.10008.5.1.4.1.1.7'): Uint8Array<ArrayBuffer> {
  const meta = writeFileMeta({
    mediaStorageSopClassUid: sopClassUid,
    mediaStorageSopInstanceUid: sopInstanceUid,
    transferSyntaxUid: '1.2.840.10008.1.2.1',
  });
  const modality = [0x08, 0x00, 0x60, 0x00, 0x43, 0x53, 0x02, 0x00, 0x4f, 0x54];
  return Uint8Array.from([...meta, ...modality]);
}

export const DICOMDIR_SOP_CLASS = '1.2.840.10008.1.3.10';
