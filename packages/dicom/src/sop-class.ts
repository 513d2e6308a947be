import { PUBLISHED_STORAGE } from './sop-class.gen.ts';
import { trimUid } from './uid.ts';

export interface SopClass {
  readonly uid: string;
  readonly name: string;
}

/**
 * Storage SOP classes table B.5-1 no longer or does not list, but machines send: retired and trial ones of PS3.6 table A-1, and
 * those of DICOS and DICONDE.
 */
const UNLISTED_STORAGE: readonly (readonly [uid: string, name: string])[] = [
  ['1.2.840.10008.5.1.1.27', 'Stored Print Storage (Retired)'],
  ['1.2.840.10008.5.1.1.29', 'Hardcopy Grayscale Image Storage (Retired)'],
  ['1.2.840.10008.5.1.1.30', 'Hardcopy Color Image Storage (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.3', 'Ultrasound Multi-frame Image Storage (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.5', 'Nuclear Medicine Image Storage (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.6', 'Ultrasound Image Storage (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.8', 'Standalone Overlay Storage (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.9', 'Standalone Curve Storage (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.9.1', 'Waveform Storage - Trial (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.10', 'Standalone Modality LUT Storage (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.11', 'Standalone VOI LUT Storage (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.12.3', 'X-Ray Angiographic Bi-Plane Image Storage (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.77.1', 'VL Image Storage - Trial (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.77.2', 'VL Multi-frame Image Storage - Trial (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.88.1', 'Text SR Storage - Trial (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.88.2', 'Audio SR Storage - Trial (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.88.3', 'Detail SR Storage - Trial (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.88.4', 'Comprehensive SR Storage - Trial (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.88.77', 'Waveform Annotation SR Storage'],
  ['1.2.840.10008.5.1.4.1.1.129', 'Standalone PET Curve Storage (Retired)'],
  ['1.2.840.10008.5.1.4.1.1.501.1', 'DICOS CT Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.501.2.1', 'DICOS Digital X-Ray Image Storage - For Presentation'],
  ['1.2.840.10008.5.1.4.1.1.501.2.2', 'DICOS Digital X-Ray Image Storage - For Processing'],
  ['1.2.840.10008.5.1.4.1.1.501.3', 'DICOS Threat Detection Report Storage'],
  ['1.2.840.10008.5.1.4.1.1.501.4', 'DICOS 2D AIT Storage'],
  ['1.2.840.10008.5.1.4.1.1.501.5', 'DICOS 3D AIT Storage'],
  ['1.2.840.10008.5.1.4.1.1.501.6', 'DICOS Quadrupole Resonance (QR) Storage'],
  ['1.2.840.10008.5.1.4.1.1.601.1', 'Eddy Current Image Storage'],
  ['1.2.840.10008.5.1.4.1.1.601.2', 'Eddy Current Multi-frame Image Storage'],
  ['1.2.840.10008.5.1.4.34.1', 'RT Beams Delivery Instruction Storage - Trial (Retired)'],
];

/** Every storage SOP class, current ones of PS3.4 table B.5-1 first. */
export const STORAGE_SOP_CLASSES: readonly SopClass[] = [...PUBLISHED_STORAGE, ...UNLISTED_STORAGE].map(([uid, name]) => ({
  uid,
  name,
}));

const BY_UID: ReadonlyMap<string, SopClass> = new Map(STORAGE_SOP_CLASSES.map((sop) => [sop.uid, sop]));

/** A storage SOP class by UID; undefined for private and unknown ones. */
export function findSopClass(uid: string): SopClass | undefined {
  return BY_UID.get(trimUid(uid));
}
