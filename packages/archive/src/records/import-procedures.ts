import { type Procedure, run, runFirst } from '@filmless/database';
import { db, type PatientImportTable } from './tables.ts';

/** Gives the decision that counts: this one, or the one of the same content before it. */
type AddImport = Procedure<PatientImportTable, PatientImportTable>;

const addImport: AddImport = function* (decision) {
  yield* run(
    db
      .insertInto('patient_import')
      .values(decision)
      .onConflict((known) => known.columns(['study_instance_uid', 'facility', 'attributes_sha256']).doNothing()),
  );
  const kept = yield* runFirst(
    db
      .selectFrom('patient_import')
      .selectAll()
      .where('study_instance_uid', '=', decision.study_instance_uid)
      .where('facility', '=', decision.facility)
      .where('attributes_sha256', '=', decision.attributes_sha256),
  );
  return kept ?? decision;
};

export const importProcedures: { readonly addImport: AddImport } = { addImport };
