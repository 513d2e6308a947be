import { type Procedure, run, runFirst } from '@filmless/database';
import type { Facility } from '../access.ts';
import { changed } from './revisions.ts';
import { db } from './tables.ts';

const row = (facility: Facility) => ({
  id: facility.id,
  name: facility.name,
  patient_id_issuer: facility.patientIdIssuer,
});

/** Takes the file's facilities when there are none yet; true when it did. */
export const seedFacilities: Procedure<{ readonly facilities: readonly Facility[] }, boolean> = function* ({ facilities }) {
  const known = yield* runFirst(db.selectFrom('facility').select('id').limit(1));
  if (known !== undefined || facilities.length === 0) {
    return false;
  }
  yield* run(db.insertInto('facility').values(facilities.map(row)));
  return true;
};

/** Adds what is new and renames what is known; removes nothing, since studies may lie there. */
export const applyFacilities: Procedure<{ readonly facilities: readonly Facility[] }, void> = function* ({ facilities }) {
  for (const facility of facilities) {
    const { name, patient_id_issuer } = row(facility);
    yield* run(
      db
        .insertInto('facility')
        .values(row(facility))
        .onConflict((conflict) => conflict.column('id').doUpdateSet({ name, patient_id_issuer })),
    );
  }
  yield* changed('facilities');
};

export type PutFacilityOutcome = 'done' | 'taken' | 'not-found' | 'too-many';

export const addFacility: Procedure<{ readonly facility: Facility; readonly most: number }, PutFacilityOutcome> = function* ({
  facility,
  most,
}) {
  const known = yield* run(db.selectFrom('facility').select('id'));
  if (known.some(({ id }) => id === facility.id)) {
    return 'taken';
  }
  if (known.length >= most) {
    return 'too-many';
  }
  yield* run(db.insertInto('facility').values(row(facility)));
  yield* changed('facilities');
  return 'done';
};

export const changeFacility: Procedure<{ readonly facility: Facility }, PutFacilityOutcome> = function* ({ facility }) {
  const { name, patient_id_issuer } = row(facility);
  const updated = yield* runFirst(
    db.updateTable('facility').set({ name, patient_id_issuer }).where('id', '=', facility.id).returning('id'),
  );
  yield* changed('facilities');
  return updated === undefined ? 'not-found' : 'done';
};
