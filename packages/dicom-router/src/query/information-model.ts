import { TAG, type TagKey } from '@filmless/dicom';

/** Query/Retrieve Level (0008,0052). PS3.4 C.6.1.1, C.6.2.1. */
export type QueryLevel = 'PATIENT' | 'STUDY' | 'SERIES' | 'IMAGE';

/** A Query/Retrieve information model: its levels, the highest first. */
export interface InformationModel {
  readonly name: 'Patient Root' | 'Study Root';
  readonly levels: readonly QueryLevel[];
}

const PATIENT_ROOT: InformationModel = { name: 'Patient Root', levels: ['PATIENT', 'STUDY', 'SERIES', 'IMAGE'] };
const STUDY_ROOT: InformationModel = { name: 'Study Root', levels: ['STUDY', 'SERIES', 'IMAGE'] };

/** SOP classes of C-FIND. PS3.4 C.6.1.3, C.6.2.3. */
export const FIND_MODELS: ReadonlyMap<string, InformationModel> = new Map([
  ['1.2.840.10008.5.1.4.1.2.1.1', PATIENT_ROOT],
  ['1.2.840.10008.5.1.4.1.2.2.1', STUDY_ROOT],
]);

/** SOP classes of C-MOVE. */
export const MOVE_MODELS: ReadonlyMap<string, InformationModel> = new Map([
  ['1.2.840.10008.5.1.4.1.2.1.2', PATIENT_ROOT],
  ['1.2.840.10008.5.1.4.1.2.2.2', STUDY_ROOT],
]);

/** SOP classes of C-GET. */
export const GET_MODELS: ReadonlyMap<string, InformationModel> = new Map([
  ['1.2.840.10008.5.1.4.1.2.1.3', PATIENT_ROOT],
  ['1.2.840.10008.5.1.4.1.2.2.3', STUDY_ROOT],
]);

/** The unique key of each level. PS3.4 C.6.1.1. */
export const UNIQUE_KEYS: Readonly<Record<QueryLevel, TagKey>> = {
  PATIENT: TAG.PatientID,
  STUDY: TAG.StudyInstanceUID,
  SERIES: TAG.SeriesInstanceUID,
  IMAGE: TAG.SOPInstanceUID,
};

/** Levels above one, the highest first. */
export function levelsAbove(model: InformationModel, level: QueryLevel): readonly QueryLevel[] {
  return model.levels.slice(0, model.levels.indexOf(level));
}
