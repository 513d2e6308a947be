import { findSopClass, findTransferSyntax } from '@filmless/dicom';

/** SOP classes that are no storage, and what machines ask other archives for. PS3.6 table A-1. */
const SERVICES: Readonly<Record<string, string>> = {
  '1.2.840.10008.1.1': 'Verification',
  '1.2.840.10008.1.20.1': 'Storage Commitment Push Model',
  '1.2.840.10008.3.1.2.3.3': 'Modality Performed Procedure Step',
  '1.2.840.10008.3.1.2.3.4': 'Modality Performed Procedure Step Retrieve',
  '1.2.840.10008.3.1.2.3.5': 'Modality Performed Procedure Step Notification',
  '1.2.840.10008.5.1.1.9': 'Basic Grayscale Print Management',
  '1.2.840.10008.5.1.1.18': 'Basic Color Print Management',
  '1.2.840.10008.5.1.4.1.2.1.1': 'Patient Root Query/Retrieve - FIND',
  '1.2.840.10008.5.1.4.1.2.1.2': 'Patient Root Query/Retrieve - MOVE',
  '1.2.840.10008.5.1.4.1.2.1.3': 'Patient Root Query/Retrieve - GET',
  '1.2.840.10008.5.1.4.1.2.2.1': 'Study Root Query/Retrieve - FIND',
  '1.2.840.10008.5.1.4.1.2.2.2': 'Study Root Query/Retrieve - MOVE',
  '1.2.840.10008.5.1.4.1.2.2.3': 'Study Root Query/Retrieve - GET',
  '1.2.840.10008.5.1.4.1.2.3.1': 'Patient/Study Only Query/Retrieve - FIND (Retired)',
  '1.2.840.10008.5.1.4.1.2.3.2': 'Patient/Study Only Query/Retrieve - MOVE (Retired)',
  '1.2.840.10008.5.1.4.31': 'Modality Worklist - FIND',
  '1.2.840.10008.5.1.4.33': 'Instance Availability Notification',
  '1.2.840.10008.5.1.4.34.6.1': 'Unified Procedure Step - Push',
};

/** Names of one finding; the rest is only counted. */
const MOST_NAMES = 6;
/** A UID of the standard has 64 characters; a peer may send longer ones. */
const LONGEST_UID = 64;

/** How people call SOP classes, each once; those that nobody knows by their UID. */
export function classNames(uids: Iterable<string>): readonly string[] {
  return shortened(uids, (uid) => SERVICES[uid] ?? findSopClass(uid)?.name);
}

/** Likewise transfer syntaxes. */
export function syntaxNames(uids: Iterable<string>): readonly string[] {
  return shortened(uids, (uid) => findTransferSyntax(uid)?.name);
}

function shortened(uids: Iterable<string>, nameOf: (uid: string) => string | undefined): readonly string[] {
  const names = [...new Set(uids)].map((uid) => nameOf(uid) ?? uid.slice(0, LONGEST_UID));
  return names.length <= MOST_NAMES ? names : [...names.slice(0, MOST_NAMES), `+${names.length - MOST_NAMES}`];
}
