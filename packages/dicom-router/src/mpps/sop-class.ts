/** Modality Performed Procedure Step. PS3.4 F.7. */
export const MPPS_SOP_CLASS = '1.2.840.10008.3.1.2.3.3';

/** Modality Performed Procedure Step Retrieve. PS3.4 F.8. */
export const MPPS_RETRIEVE_SOP_CLASS = '1.2.840.10008.3.1.2.3.4';

/** Error ID of an N-SET on a step that is completed or discontinued. PS3.4 F.7.2.2.2. */
export const NO_LONGER_UPDATED = 0xa710;

/** Performed Procedure Step Status (0040,0252). PS3.3 C.4.14. */
export const PERFORMED_STATUS = { inProgress: 'IN PROGRESS', completed: 'COMPLETED', discontinued: 'DISCONTINUED' } as const;

export function isFinal(status: string | undefined): boolean {
  return status === PERFORMED_STATUS.completed || status === PERFORMED_STATUS.discontinued;
}
