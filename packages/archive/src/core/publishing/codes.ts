import type { DataSet } from '@filmless/dicom';
import type { KeyTitle, Quantity, Unit } from './model.ts';

/** Value, scheme, meaning. PS3.3 8. */
export type Code = readonly [value: string, scheme: string, meaning: string];

export function codeItem([value, scheme, meaning]: Code): DataSet {
  return {
    '00080100': { vr: 'SH', Value: [value] },
    '00080102': { vr: 'SH', Value: [scheme] },
    '00080104': { vr: 'LO', Value: [meaning] },
  };
}

type CodeName =
  | 'report'
  | 'language'
  | 'vietnamese'
  | 'observerType'
  | 'person'
  | 'device'
  | 'personName'
  | 'deviceUid'
  | 'deviceName'
  | 'procedure'
  | 'imaging'
  | 'measurements'
  | 'group'
  | 'trackingId'
  | 'trackingUid'
  | 'region'
  | 'path'
  | 'derivation'
  | 'attenuation'
  | 'pixelValue'
  | 'keyDescription';

/** PS3.16 annex D, TID 1500, 1410, 1501, 1001 to 1004, 2010. */
export const CODE: Readonly<Record<CodeName, Code>> = {
  report: ['126000', 'DCM', 'Imaging Measurement Report'],
  language: ['121049', 'DCM', 'Language of Content Item and Descendants'],
  vietnamese: ['vi', 'RFC5646', 'Vietnamese'],
  observerType: ['121005', 'DCM', 'Observer Type'],
  person: ['121006', 'DCM', 'Person'],
  device: ['121007', 'DCM', 'Device'],
  personName: ['121008', 'DCM', 'Person Observer Name'],
  deviceUid: ['121012', 'DCM', 'Device Observer UID'],
  deviceName: ['121013', 'DCM', 'Device Observer Name'],
  procedure: ['121058', 'DCM', 'Procedure reported'],
  imaging: ['363679005', 'SCT', 'Imaging procedure'],
  measurements: ['126010', 'DCM', 'Imaging Measurements'],
  group: ['125007', 'DCM', 'Measurement Group'],
  trackingId: ['112039', 'DCM', 'Tracking Identifier'],
  trackingUid: ['112040', 'DCM', 'Tracking Unique Identifier'],
  region: ['111030', 'DCM', 'Image Region'],
  path: ['121055', 'DCM', 'Path'],
  derivation: ['121401', 'DCM', 'Derivation'],
  attenuation: ['112031', 'DCM', 'Attenuation Coefficient'],
  pixelValue: ['PIXEL-VALUE', '99FILMLESS', 'Pixel Value'],
  keyDescription: ['113012', 'DCM', 'Key Object Description'],
};

/** PS3.16 CID 7469, 7470, 218 and what is not there yet. */
export const QUANTITY_CODES: Readonly<Record<Exclude<Quantity, 'mean' | 'deviation' | 'least' | 'greatest'>, Code>> = {
  length: ['410668003', 'SCT', 'Length'],
  'longer-diameter': ['103339001', 'SCT', 'Long Axis'],
  'shorter-diameter': ['103340004', 'SCT', 'Short Axis'],
  angle: ['1483009', 'SCT', 'Angle'],
  'cobb-angle': ['COBB', '99FILMLESS', 'Cobb Angle'],
  'cardiothoracic-ratio': ['CTR', '99FILMLESS', 'Cardiothoracic Ratio'],
  'heart-width': ['HEART-WIDTH', '99FILMLESS', 'Transverse Width of Heart'],
  'chest-width': ['CHEST-WIDTH', '99FILMLESS', 'Transverse Width of Chest'],
  area: ['42798000', 'SCT', 'Area'],
};

/** How one number was made of many. PS3.16 CID 7464. */
export const DERIVATIONS: Readonly<Record<'mean' | 'deviation' | 'least' | 'greatest', Code>> = {
  mean: ['373098007', 'SCT', 'Mean'],
  deviation: ['386136009', 'SCT', 'Standard Deviation'],
  least: ['255605001', 'SCT', 'Minimum'],
  greatest: ['56851009', 'SCT', 'Maximum'],
};

export const UNIT_CODES: Readonly<Record<Unit, Code>> = {
  mm: ['mm', 'UCUM', 'mm'],
  mm2: ['mm2', 'UCUM', 'mm2'],
  deg: ['deg', 'UCUM', 'deg'],
  '1': ['1', 'UCUM', 'no units'],
  "[hnsf'U]": ["[hnsf'U]", 'UCUM', 'Hounsfield unit'],
  '{pixels}': ['{pixels}', 'UCUM', 'pixels'],
};

/** PS3.16 CID 7010. */
export const KEY_TITLE_CODES: Readonly<Record<KeyTitle, Code>> = {
  'of-interest': ['113000', 'DCM', 'Of Interest'],
  'for-referring-provider': ['113002', 'DCM', 'For Referring Provider'],
  'for-surgery': ['113003', 'DCM', 'For Surgery'],
  'for-teaching': ['113004', 'DCM', 'For Teaching'],
  'for-conference': ['113005', 'DCM', 'For Conference'],
  'for-therapy': ['113006', 'DCM', 'For Therapy'],
  'best-in-set': ['113013', 'DCM', 'Best In Set'],
};
