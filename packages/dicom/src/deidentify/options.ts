/** An option of the Basic Application Level Confidentiality Profile. PS3.15 E.3. */
export const DEIDENTIFICATION_OPTIONS = [
  'cleanPixelData',
  'cleanRecognizableVisualFeatures',
  'cleanGraphics',
  'cleanStructuredContent',
  'cleanDescriptors',
  'retainFullDates',
  'retainModifiedDates',
  'retainPatientCharacteristics',
  'retainDeviceIdentity',
  'retainUids',
  'retainSafePrivate',
  'retainInstitutionIdentity',
] as const;

export type DeidentificationOption = (typeof DEIDENTIFICATION_OPTIONS)[number];

/** A code of DCM with its meaning. */
export type MethodCode = readonly [value: string, meaning: string];

/** CID 7050, De-identification Method. PS3.16. */
export const BASIC_PROFILE_CODE: MethodCode = ['113100', 'Basic Application Confidentiality Profile'];

/** CID 7050, De-identification Method. PS3.16. */
export const OPTION_CODES: Readonly<Record<DeidentificationOption, MethodCode>> = {
  cleanPixelData: ['113101', 'Clean Pixel Data Option'],
  cleanRecognizableVisualFeatures: ['113102', 'Clean Recognizable Visual Features Option'],
  cleanGraphics: ['113103', 'Clean Graphics Option'],
  cleanStructuredContent: ['113104', 'Clean Structured Content Option'],
  cleanDescriptors: ['113105', 'Clean Descriptors Option'],
  retainFullDates: ['113106', 'Retain Longitudinal Temporal Information Full Dates Option'],
  retainModifiedDates: ['113107', 'Retain Longitudinal Temporal Information Modified Dates Option'],
  retainPatientCharacteristics: ['113108', 'Retain Patient Characteristics Option'],
  retainDeviceIdentity: ['113109', 'Retain Device Identity Option'],
  retainUids: ['113110', 'Retain UIDs Option'],
  retainSafePrivate: ['113111', 'Retain Safe Private Option'],
  retainInstitutionIdentity: ['113112', 'Retain Institution Identity Option'],
};
