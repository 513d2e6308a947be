import { type DataSet, firstText, items, TAG } from '@filmless/dicom';
import { isRejectionCode, REJECTION_CODES, type RejectionCode } from './model.ts';

/** Key Object Selection Document Storage. PS3.4 B.5. */
export const KEY_OBJECT_SELECTION = '1.2.840.10008.5.1.4.1.1.88.59';

const CONCEPT_NAME = '0040A043';
const EVIDENCE = '0040A375';
const REFERENCED_SERIES = '00081115';
const REFERENCED_SOP = '00081199';
const REFERENCED_SOP_INSTANCE_UID = '00081155';
const CODE_VALUE = '00080100';
const CODING_SCHEME = '00080102';

/** What a rejection note rejects: instances by their study. IHE RAD TF-3 4.66.4.1.2. */
export interface RejectionNote {
  readonly code: RejectionCode;
  readonly meaning: string;
  readonly studies: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Reads a Key Object Selection whose title is one of CID 7011; undefined for any other. PS3.3 C.17.6, PS3.16 TID 2010. */
export function readRejectionNote(header: DataSet): RejectionNote | undefined {
  const [title] = items(header, CONCEPT_NAME);
  const code = title === undefined ? '' : (firstText(title, CODE_VALUE) ?? '');
  if (title === undefined || firstText(title, CODING_SCHEME) !== 'DCM' || !isRejectionCode(code)) {
    return undefined;
  }
  const studies = new Map<string, Set<string>>();
  for (const study of items(header, EVIDENCE)) {
    const uid = firstText(study, TAG.StudyInstanceUID) ?? '';
    const named = items(study, REFERENCED_SERIES)
      .flatMap((series) => items(series, REFERENCED_SOP))
      .map((instance) => firstText(instance, REFERENCED_SOP_INSTANCE_UID))
      .filter((instance) => instance !== undefined);
    const known = studies.get(uid) ?? new Set<string>();
    // NOTE: not made anew for each item: a note may name one study as often as its writer likes.
    for (const instance of named) {
      known.add(instance);
    }
    studies.set(uid, known);
  }
  return { code, meaning: REJECTION_CODES[code], studies };
}
