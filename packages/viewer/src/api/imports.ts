import { ApiError, type Client } from './client.ts';
import { object, type Parse, text } from './json.ts';

interface ImportedPerson {
  readonly id: string;
  readonly issuer: string;
  readonly name: string;
  readonly birthDate: string;
  readonly sex: string;
}

export type ImportBasis =
  | { readonly kind: 'order'; readonly accessionNumber: string }
  | { readonly kind: 'study'; readonly studyInstanceUid: string };

export interface NewImport {
  readonly studyInstanceUid: string;
  readonly original: ImportedPerson;
  readonly under: ImportBasis;
  readonly confirm: boolean;
}

/** A decision that is written down. */
export interface PatientImport {
  readonly id: string;
  readonly patient: ImportedPerson;
}

export const parseImport: Parse<PatientImport> = object<PatientImport>({
  id: text,
  patient: object<ImportedPerson>({ id: text, issuer: text, name: text, birthDate: text, sex: text }),
});

/** @throws ApiError, with `code` `patient-mismatch` where it has to be confirmed */
export function beginImport(client: Client, wish: NewImport): Promise<PatientImport> {
  return client.exchange('/api/imports', { method: 'POST', body: wish }, parseImport);
}

export function isMismatch(error: unknown): boolean {
  return error instanceof ApiError && error.code === 'patient-mismatch';
}
