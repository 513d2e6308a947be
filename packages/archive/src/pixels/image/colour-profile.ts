import { type DataSet, items, TAG } from '@filmless/dicom';
import { type BulkReader, readBytes } from './lookup-table.ts';

/** Optical Path Sequence: slides have a profile for each path. PS3.3 C.8.12.5. */
const OPTICAL_PATH = '00480105';
/** The file signature of a profile, after 36 bytes. ISO 15076-1 7.2. */
const SIGNATURE_AT = 36;
const HEADER_BYTES = 128;

/** The ICC profile of an object's colours; undefined where it has none that could be one. PS3.3 C.11.15. */
export async function readProfile(header: DataSet, bulk: BulkReader | undefined): Promise<Uint8Array | undefined> {
  const attribute = header[TAG.ICCProfile] ?? items(header, OPTICAL_PATH)[0]?.[TAG.ICCProfile];
  const bytes = attribute === undefined ? undefined : await readBytes(attribute, bulk);
  const isProfile =
    bytes !== undefined &&
    bytes.length > HEADER_BYTES &&
    Buffer.from(bytes.buffer, bytes.byteOffset + SIGNATURE_AT, 4).toString('latin1') === 'acsp';
  return isProfile ? bytes : undefined;
}
