/** An entry of attributes.json. */
export interface SourceAttribute {
  readonly id: string;
  readonly name: string;
  readonly keyword: string;
  readonly valueRepresentation: string;
  readonly valueMultiplicity: string;
  readonly retired: string;
}

function element(id: string, valueRepresentation: string, name: string, valueMultiplicity = '1', retired = 'N'): SourceAttribute {
  const keyword = name
    .replaceAll(' of ', ' Of ')
    .replaceAll(' to ', ' To ')
    .replace(/[^A-Za-z0-9]/g, '');
  return { id, name, keyword, valueRepresentation, valueMultiplicity, retired };
}

/** Command elements, which the published tables leave out. PS3.7 tables E.1-1 and E.2-1. */
export const COMMAND_ELEMENTS: readonly SourceAttribute[] = [
  element('00000000', 'UL', 'Command Group Length'),
  element('00000001', 'UL', 'Command Length to End', '1', 'Y'),
  element('00000002', 'UI', 'Affected SOP Class UID'),
  element('00000003', 'UI', 'Requested SOP Class UID'),
  element('00000010', 'SH', 'Command Recognition Code', '1', 'Y'),
  element('00000100', 'US', 'Command Field'),
  element('00000110', 'US', 'Message ID'),
  element('00000120', 'US', 'Message ID Being Responded To'),
  element('00000200', 'AE', 'Initiator', '1', 'Y'),
  element('00000300', 'AE', 'Receiver', '1', 'Y'),
  element('00000400', 'AE', 'Find Location', '1', 'Y'),
  element('00000600', 'AE', 'Move Destination'),
  element('00000700', 'US', 'Priority'),
  element('00000800', 'US', 'Command Data Set Type'),
  element('00000850', 'US', 'Number of Matches', '1', 'Y'),
  element('00000860', 'US', 'Response Sequence Number', '1', 'Y'),
  element('00000900', 'US', 'Status'),
  element('00000901', 'AT', 'Offending Element', '1-n'),
  element('00000902', 'LO', 'Error Comment'),
  element('00000903', 'US', 'Error ID'),
  element('00001000', 'UI', 'Affected SOP Instance UID'),
  element('00001001', 'UI', 'Requested SOP Instance UID'),
  element('00001002', 'US', 'Event Type ID'),
  element('00001005', 'AT', 'Attribute Identifier List', '1-n'),
  element('00001008', 'US', 'Action Type ID'),
  element('00001020', 'US', 'Number of Remaining Sub-operations'),
  element('00001021', 'US', 'Number of Completed Sub-operations'),
  element('00001022', 'US', 'Number of Failed Sub-operations'),
  element('00001023', 'US', 'Number of Warning Sub-operations'),
  element('00001030', 'AE', 'Move Originator Application Entity Title'),
  element('00001031', 'US', 'Move Originator Message ID'),
];

/** Elements the published tables lack, checked against the standard's text. */
export const EXTRA_ELEMENTS: readonly SourceAttribute[] = [];

/** What the product names in code. Anything else is found by `tagOf`. */
export const TAG_KEYWORDS: readonly string[] = [
  ...COMMAND_ELEMENTS.filter((attribute) => attribute.retired === 'N').map((attribute) => attribute.keyword),
  ...`
  FileMetaInformationGroupLength FileMetaInformationVersion MediaStorageSOPClassUID MediaStorageSOPInstanceUID TransferSyntaxUID
  ImplementationClassUID ImplementationVersionName SourceApplicationEntityTitle SendingApplicationEntityTitle
  ReceivingApplicationEntityTitle PrivateInformationCreatorUID PrivateInformation
  DirectoryRecordSequence DirectoryRecordType ReferencedFileID ReferencedSOPInstanceUIDInFile ReferencedSOPClassUIDInFile
  ReferencedTransferSyntaxUIDInFile FileSetID

  SpecificCharacterSet LanguageCodeSequence ImageType InstanceCreationDate InstanceCreationTime InstanceCreatorUID SOPClassUID SOPInstanceUID
  StudyDate SeriesDate AcquisitionDate ContentDate AcquisitionDateTime StudyTime SeriesTime AcquisitionTime ContentTime AccessionNumber
  IssuerOfAccessionNumberSequence QueryRetrieveLevel QueryRetrieveView InstanceAvailability FailedSOPInstanceUIDList Modality
  ModalitiesInStudy SOPClassesInStudy ConversionType PresentationIntentType Manufacturer InstitutionName InstitutionAddress
  ReferringPhysicianName CodeValue CodingSchemeDesignator CodingSchemeVersion CodeMeaning MappingResource
  TimezoneOffsetFromUTC StationName StudyDescription ProcedureCodeSequence SeriesDescription InstitutionalDepartmentName
  PhysiciansOfRecord PerformingPhysicianName NameOfPhysiciansReadingStudy OperatorsName AdmittingDiagnosesDescription
  ManufacturerModelName ReferencedResultsSequence ReferencedStudySequence ReferencedPerformedProcedureStepSequence
  ReferencedSeriesSequence ReferencedPatientSequence ReferencedImageSequence ReferencedInstanceSequence ReferencedSOPClassUID
  ReferencedSOPInstanceUID ReferencedFrameNumber FailureReason FailedSOPSequence ReferencedSOPSequence TransactionUID RetrieveURL
  RetrieveAETitle RetrieveURI WarningReason OtherFailuresSequence DerivationDescription SourceImageSequence AnatomicRegionSequence
  RecommendedDisplayFrameRate FrameType LossyImageCompression StartTrim StopTrim

  PatientName PatientID IssuerOfPatientID IssuerOfPatientIDQualifiersSequence TypeOfPatientID PatientBirthDate PatientBirthTime PatientSex
  OtherPatientIDs OtherPatientIDsSequence OtherPatientNames PatientBirthName PatientAge PatientSize PatientWeight PatientAddress
  PatientMotherBirthName MedicalAlerts Allergies PatientTelephoneNumbers EthnicGroup Occupation SmokingStatus AdditionalPatientHistory
  PregnancyStatus LastMenstrualDate PatientSpeciesDescription ResponsiblePerson PatientComments PatientIdentityRemoved DeidentificationMethod
  DeidentificationMethodCodeSequence UniversalEntityID UniversalEntityIDType LocalNamespaceEntityID

  ContrastBolusAgent BodyPartExamined ScanningSequence SequenceVariant ScanOptions MRAcquisitionType SequenceName CineRate SliceThickness KVP
  RepetitionTime EchoTime InversionTime NumberOfAverages ImagingFrequency EchoNumbers MagneticFieldStrength SpacingBetweenSlices
  EchoTrainLength FlipAngle DeviceSerialNumber SoftwareVersions ProtocolName DataCollectionDiameter ReconstructionDiameter
  DistanceSourceToDetector DistanceSourceToPatient EstimatedRadiographicMagnificationFactor GantryDetectorTilt TableHeight
  RotationDirection ExposureTime XRayTubeCurrent Exposure ImagerPixelSpacing Grid FocalSpots ConvolutionKernel
  FrameTime FrameTimeVector FrameDelay TransducerData NominalScannedPixelSpacing PatientPosition ViewPosition PositionerType
  CompressionForce BodyPartThickness ProjectionEponymousNameCodeSequence DetectorType DetectorID
  SequenceOfUltrasoundRegions RegionSpatialFormat RegionDataType RegionFlags RegionLocationMinX0 RegionLocationMinY0 RegionLocationMaxX1
  RegionLocationMaxY1 ReferencePixelX0 ReferencePixelY0 PhysicalUnitsXDirection PhysicalUnitsYDirection ReferencePixelPhysicalValueX
  ReferencePixelPhysicalValueY PhysicalDeltaX PhysicalDeltaY

  StudyInstanceUID SeriesInstanceUID StudyID SeriesNumber AcquisitionNumber InstanceNumber PatientOrientation ImagePositionPatient
  ImageOrientationPatient FrameOfReferenceUID Laterality ImageLaterality TemporalPositionIdentifier NumberOfTemporalPositions
  PositionReferenceIndicator SliceLocation ImagesInAcquisition NumberOfPatientRelatedStudies NumberOfPatientRelatedSeries
  NumberOfPatientRelatedInstances NumberOfStudyRelatedSeries NumberOfStudyRelatedInstances NumberOfSeriesRelatedInstances ImageComments
  StackID InStackPositionNumber FrameAcquisitionNumber FrameContentSequence PlanePositionSequence PlaneOrientationSequence
  DimensionOrganizationSequence DimensionIndexSequence DimensionIndexPointer DimensionIndexValues FunctionalGroupPointer FrameLaterality

  SamplesPerPixel PhotometricInterpretation PlanarConfiguration NumberOfFrames FrameIncrementPointer Rows Columns UltrasoundColorDataPresent
  PixelSpacing PixelAspectRatio PixelSpacingCalibrationType PixelSpacingCalibrationDescription BitsAllocated BitsStored HighBit
  PixelRepresentation SmallestImagePixelValue LargestImagePixelValue PixelPaddingValue PixelPaddingRangeLimit QualityControlImage
  BurnedInAnnotation RecognizableVisualFeatures PixelIntensityRelationship PixelIntensityRelationshipSign WindowCenter WindowWidth
  RescaleIntercept RescaleSlope RescaleType WindowCenterWidthExplanation VOILUTFunction
  RedPaletteColorLookupTableDescriptor GreenPaletteColorLookupTableDescriptor BluePaletteColorLookupTableDescriptor
  AlphaPaletteColorLookupTableDescriptor PaletteColorLookupTableUID RedPaletteColorLookupTableData GreenPaletteColorLookupTableData
  BluePaletteColorLookupTableData AlphaPaletteColorLookupTableData SegmentedRedPaletteColorLookupTableData
  SegmentedGreenPaletteColorLookupTableData SegmentedBluePaletteColorLookupTableData LossyImageCompressionRatio
  LossyImageCompressionMethod ModalityLUTSequence LUTDescriptor LUTExplanation ModalityLUTType LUTData VOILUTSequence SoftcopyVOILUTSequence
  RepresentativeFrameNumber FrameVOILUTSequence PixelMeasuresSequence PixelValueTransformationSequence ICCProfile ColorSpace
  SharedFunctionalGroupsSequence PerFrameFunctionalGroupsSequence FrameAnatomySequence PixelPresentation PresentationLUTShape
  PresentationLUTSequence

  StudyStatusID StudyPriorityID ReasonForStudy RequestingPhysician RequestingService RequestedProcedureDescription
  RequestedProcedureCodeSequence RequestedContrastAgent StudyComments AdmissionID IssuerOfAdmissionIDSequence SpecialNeeds
  CurrentPatientLocation PatientState

  ScheduledStationAETitle ScheduledProcedureStepStartDate ScheduledProcedureStepStartTime ScheduledProcedureStepEndDate
  ScheduledProcedureStepEndTime ScheduledPerformingPhysicianName ScheduledProcedureStepDescription ScheduledProtocolCodeSequence
  ScheduledProcedureStepID ScheduledStationName ScheduledProcedureStepLocation PreMedication ScheduledProcedureStepStatus
  ScheduledProcedureStepSequence PerformedStationAETitle PerformedStationName PerformedLocation PerformedProcedureStepStartDate
  PerformedProcedureStepStartTime PerformedProcedureStepEndDate PerformedProcedureStepEndTime PerformedProcedureStepStatus
  PerformedProcedureStepID PerformedProcedureStepDescription PerformedProcedureTypeDescription PerformedProtocolCodeSequence
  ScheduledStepAttributesSequence RequestAttributesSequence PerformedSeriesSequence PerformedProcedureStepDiscontinuationReasonCodeSequence
  CommentsOnThePerformedProcedureStep RequestedProcedureID ReasonForTheRequestedProcedure RequestedProcedurePriority
  PatientTransportArrangements RequestedProcedureLocation PlacerOrderNumberImagingServiceRequest FillerOrderNumberImagingServiceRequest
  ImagingServiceRequestComments IssueDateOfImagingServiceRequest ConfidentialityConstraintOnPatientDataDescription
  RealWorldValueMappingSequence MeasurementUnitsCodeSequence ViewCodeSequence ViewModifierCodeSequence
  ConceptNameCodeSequence ContentSequence ValueType TextValue CompletionFlag VerificationFlag CurrentRequestedProcedureEvidenceSequence
  ContentTemplateSequence

  SegmentSequence SegmentNumber SegmentLabel SegmentationType ReferencedSegmentNumber SegmentIdentificationSequence
  Units DecayCorrection RadiopharmaceuticalInformationSequence RadionuclideTotalDose RadionuclideHalfLife
  RadiopharmaceuticalStartTime RadiopharmaceuticalStartDateTime NumberOfSlices
  ContentLabel ContentDescription ContentCreatorName PresentationCreationDate PresentationCreationTime
  DisplayedAreaSelectionSequence GraphicAnnotationSequence EncapsulatedDocument MIMETypeOfEncapsulatedDocument DocumentTitle
  OriginalAttributesSequence ModifiedAttributesSequence AttributeModificationDateTime ModifyingSystem SourceOfPreviousValues
  ReasonForTheAttributeModification WaveformSequence

  OverlayRows OverlayColumns OverlayType OverlayOrigin OverlayBitsAllocated OverlayBitPosition OverlayData
  FloatPixelData DoubleFloatPixelData PixelData ExtendedOffsetTable ExtendedOffsetTableLengths
  DataSetTrailingPadding
  `
    .trim()
    .split(/\s+/),
];
