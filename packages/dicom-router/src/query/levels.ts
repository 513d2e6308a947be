import { type TagKey, tagOf } from '@filmless/dicom';
import type { QueryLevel } from './information-model.ts';

function tagsOf(keywords: string): readonly TagKey[] {
  return keywords
    .split(/\s+/)
    .map(tagOf)
    .filter((tag) => tag !== undefined);
}

/** Keys of the study level. PS3.4 C.6.1.1.3, C.6.2.1.2. */
const STUDY: readonly TagKey[] = tagsOf(`StudyDate StudyTime AccessionNumber StudyID StudyInstanceUID ReferringPhysicianName
  StudyDescription ProcedureCodeSequence NameOfPhysiciansReadingStudy AdmittingDiagnosesDescription ModalitiesInStudy
  SOPClassesInStudy AnatomicRegionsInStudyCodeSequence NumberOfStudyRelatedSeries NumberOfStudyRelatedInstances`);
/** Keys of the series level. PS3.4 C.6.1.1.4. */
const SERIES: readonly TagKey[] =
  tagsOf(`Modality SeriesInstanceUID SeriesNumber SeriesDate SeriesTime SeriesDescription ProtocolName
  BodyPartExamined Laterality StationName PerformedProcedureStepStartDate PerformedProcedureStepStartTime
  RequestAttributesSequence NumberOfSeriesRelatedInstances`);
/** Keys of the composite instance level. PS3.4 C.6.1.1.5. */
const IMAGE: readonly TagKey[] =
  tagsOf(`SOPInstanceUID SOPClassUID AvailableTransferSyntaxUID InstanceNumber ContentDate ContentTime
  AcquisitionDate AcquisitionTime AcquisitionDateTime NumberOfFrames Rows Columns BitsAllocated ContentLabel ContentDescription
  ConceptNameCodeSequence`);

const BELOW: Readonly<Record<QueryLevel, ReadonlySet<TagKey>>> = {
  PATIENT: new Set([...STUDY, ...SERIES, ...IMAGE]),
  STUDY: new Set([...SERIES, ...IMAGE]),
  SERIES: new Set(IMAGE),
  IMAGE: new Set(),
};

/** Whether an attribute belongs to a level below: one of the level has many values of it, and none to answer with. */
export function isBelow(level: QueryLevel, tag: TagKey): boolean {
  return BELOW[level].has(tag);
}
