import { createHash } from 'node:crypto';
import type { Database } from '@filmless/database';
import type { DataSet } from '@filmless/dicom';
import type { ImportBasis, ImportRecords, PatientImport, PersonFacts } from '../core/imports/model.ts';
import type { procedures } from './schema.ts';
import { db, type PatientImportTable } from './tables.ts';

/** What people decided about studies from elsewhere, in the records' database. */
export class SqlImports implements ImportRecords {
  readonly #database: Database<typeof procedures>;

  constructor(database: Database<typeof procedures>) {
    this.#database = database;
  }

  async add(decision: PatientImport): Promise<{ readonly decision: PatientImport; readonly isNew: boolean }> {
    const attributes = JSON.stringify(decision.attributes);
    // NOTE: what was compared belongs to the decision: the objects must name that person.
    const content = JSON.stringify([decision.original, decision.attributes]);
    const kept = await this.#database.write('addImport', {
      id: decision.id,
      study_instance_uid: decision.studyInstanceUid,
      facility: decision.facility,
      original: JSON.stringify(decision.original),
      patient: JSON.stringify(decision.patient),
      basis: JSON.stringify(decision.basis),
      attributes,
      attributes_sha256: createHash('sha256').update(content).digest('hex'),
      decided_by: decision.by,
      decided_at: decision.at,
    });
    return { decision: importOf(kept), isNew: kept.id === decision.id };
  }

  async find(id: string): Promise<PatientImport | undefined> {
    const [row] = await this.#database.read(db.selectFrom('patient_import').selectAll().where('id', '=', id));
    return row === undefined ? undefined : importOf(row);
  }

  async ofStudy(studyInstanceUid: string, limit: number): Promise<readonly PatientImport[]> {
    const rows = await this.#database.read(
      db
        .selectFrom('patient_import')
        .selectAll()
        .where('study_instance_uid', '=', studyInstanceUid)
        .orderBy('decided_at')
        .orderBy('id')
        .limit(limit),
    );
    return rows.map(importOf);
  }
}

function importOf(row: PatientImportTable): PatientImport {
  return {
    id: row.id,
    studyInstanceUid: row.study_instance_uid,
    facility: row.facility,
    original: JSON.parse(row.original) as PersonFacts,
    patient: JSON.parse(row.patient) as PersonFacts,
    basis: JSON.parse(row.basis) as ImportBasis,
    attributes: JSON.parse(row.attributes) as DataSet,
    by: row.decided_by,
    at: row.decided_at,
  };
}
