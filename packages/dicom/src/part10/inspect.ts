import { firstText } from '../dataset/accessors.ts';
import { DicomError } from '../errors.ts';
import { parseUid, trimUid, type Uid } from '../uid.ts';
import type { ByteSource } from './byte-source.ts';
import { type ReadObject, type ReadObjectOptions, readObject } from './read-object.ts';

/** An object that can be kept: it can be read, and says what it is and where it belongs. */
export interface InspectedObject extends ReadObject {
  readonly sopClassUid: Uid;
  readonly sopInstanceUid: Uid;
  readonly studyInstanceUid: Uid;
  readonly seriesInstanceUid: Uid;
}

/**
 * Decides whether an object is whole: what router and archive acknowledge is what this takes. Its four UIDs come from the
 * data set; file meta information that says otherwise is a warning.
 * @throws DicomError as `readObject`, and `missing-attribute`, `invalid-uid`
 */
export async function inspectObject(source: ByteSource, options: ReadObjectOptions = {}): Promise<InspectedObject> {
  const object = await readObject(source, options);
  const sopClassUid = uidOf(object, '00080016', 'SOP Class UID');
  const sopInstanceUid = uidOf(object, '00080018', 'SOP Instance UID');
  const studyInstanceUid = uidOf(object, '0020000D', 'Study Instance UID');
  const seriesInstanceUid = uidOf(object, '0020000E', 'Series Instance UID');
  const { mediaStorageSopClassUid, mediaStorageSopInstanceUid } = object.meta;
  const warnings = [
    ...differs('SOP Class UID', mediaStorageSopClassUid, sopClassUid),
    ...differs('SOP Instance UID', mediaStorageSopInstanceUid, sopInstanceUid),
  ];
  return {
    ...object,
    sopClassUid,
    sopInstanceUid,
    studyInstanceUid,
    seriesInstanceUid,
    warnings: [...object.warnings, ...warnings],
  };
}

function uidOf({ header }: ReadObject, tag: string, name: string): Uid {
  const text = trimUid(firstText(header, tag) ?? '');
  if (text === '') {
    throw new DicomError('missing-attribute', `${name} (${tag.slice(0, 4)},${tag.slice(4)}) is missing`);
  }
  try {
    return parseUid(text);
  } catch (error) {
    throw new DicomError('invalid-uid', `${name} (${tag.slice(0, 4)},${tag.slice(4)}) is ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function differs(name: string, inMeta: string | undefined, inDataSet: Uid): readonly string[] {
  return inMeta === undefined || trimUid(inMeta) === inDataSet
    ? []
    : [`${name} is ${inMeta} in the file meta information and ${inDataSet} in the data set: the data set counts`];
}
