import type { DataSet } from '@filmless/dicom';

/** Whom a study names, as far as people compare it. */
export interface PersonFacts {
  readonly id: string;
  readonly issuer: string;
  /** Display form. */
  readonly name: string;
  /** `YYYY-MM-DD` or `YYYY`; empty where it is not known. */
  readonly birthDate: string;
  readonly sex: string;
}

/** By what a person found the patient: an order, or a study that is here. */
export type ImportBasis =
  | { readonly kind: 'order'; readonly accessionNumber: string }
  | { readonly kind: 'study'; readonly studyInstanceUid: string };

/**
 * A decision of a person: a study that comes from elsewhere is of a patient of this house, under another id. What is stored of it names the
 * patient of this house, and what it named before (Original Attributes Sequence, PS3.3 C.12.1.1.9). Its UIDs stay.
 */
export interface PatientImport {
  readonly id: string;
  readonly studyInstanceUid: string;
  readonly facility: string;
  /** Whom the study names outside. */
  readonly original: PersonFacts;
  /** Whom it names here. */
  readonly patient: PersonFacts;
  readonly basis: ImportBasis;
  /** What the objects get. */
  readonly attributes: DataSet;
  readonly by: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** The journal of imports: truth, never rebuilt. */
export interface ImportRecords {
  /** Writes a decision down; the one of the same study, facility and attributes that was written before is given back instead. */
  add(decision: PatientImport): Promise<{ readonly decision: PatientImport; readonly isNew: boolean }>;
  find(id: string): Promise<PatientImport | undefined>;
  /** Of a study, the oldest first; no more than `limit`. */
  ofStudy(studyInstanceUid: string, limit: number): Promise<readonly PatientImport[]>;
}
