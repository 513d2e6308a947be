import { describe, expect, it } from 'vitest';
import { automaticMatch, isSamePatient, patientDifferences, type StudyFacts, score } from './matching.ts';
import type { OrderDocument, OrderPatient, OrderState } from './model.ts';
import type { KeptOrder } from './order-records.ts';

const PATIENT: OrderPatient = { id: 'P1', name: 'Nguyễn^Văn An', birthDate: '1970-01-01', sex: 'M' };

function studyOf(patient: Partial<StudyFacts['patient']> = {}, more: Partial<StudyFacts> = {}): StudyFacts {
  return {
    studyInstanceUid: '1.2.3',
    patient: { id: 'P1', issuer: 'SADEC', name: 'NGUYEN VAN AN', birthDate: '1970-01-01', sex: 'M', ...patient },
    accessionNumber: 'A1',
    date: '2026-03-01',
    modalities: ['CT'],
    facility: 'main',
    ...more,
  };
}

function orderOf(fields: Partial<OrderDocument> = {}, state: OrderState = 'SCHEDULED'): KeptOrder {
  const document: OrderDocument = {
    accessionNumber: 'A1',
    facility: 'main',
    priority: 'ROUTINE',
    patient: PATIENT,
    studyInstanceUid: '1.2.3',
    requestedProcedureId: 'A1',
    steps: [{ id: 'SPS1', modality: 'CT', start: '2026-03-01T08:00:00' }],
    ...fields,
  };
  return { id: 1, document, state, stepStates: [state], createdAt: '', updatedAt: '', version: 1 };
}

describe('the patient of a study and of an order', () => {
  it.each<[string, Partial<StudyFacts['patient']>, readonly string[]]>([
    ['are the same without accents, in another order, with an age behind', { name: 'AN NGUYEN VAN 56T' }, []],
    ['are not told apart by what the study leaves out', { id: '', name: '', birthDate: null, sex: '' }, []],
    ['may have only a year of birth', { birthDate: '1970' }, []],
    ['differ in their ids', { id: 'P2' }, ['id']],
    ['differ in who gave the id', { issuer: 'LAPVO' }, ['issuer']],
    ['differ in their names', { name: 'NGUYEN VAN BINH' }, ['name']],
    ['differ in their births', { birthDate: '1971-01-01' }, ['birthDate']],
    ['differ in their sex', { sex: 'F' }, ['sex']],
  ])('%s', (_name, patient, fields) => {
    expect(patientDifferences(studyOf(patient), PATIENT, 'SADEC').map(({ field }) => field)).toEqual(fields);
  });

  it.each<[string, Partial<StudyFacts['patient']>, boolean]>([
    ['with a name that was shortened', { name: 'NGUYEN VAN' }, true],
    ['with another sex', { sex: 'O' }, true],
    ['with no word of the name in common', { name: 'TRAN THI BICH' }, false],
    ['with another birth date', { birthDate: '1971-01-01' }, false],
    ['with another id', { id: 'P2' }, false],
    ['without an id', { id: '' }, false],
    ['with the id of another hospital', { issuer: 'LAPVO' }, false],
  ])('%s are matched without a person: %s', (_name, patient, same) => {
    expect(isSamePatient(studyOf(patient), PATIENT, 'SADEC')).toBe(same);
  });
});

describe('a match without a person', () => {
  const basis = (study: StudyFacts, ...orders: readonly KeptOrder[]) => automaticMatch(study, orders, 'SADEC')?.basis;

  it('goes by the Study Instance UID, else by the accession number', () => {
    expect(basis(studyOf(), orderOf({ accessionNumber: 'A9' }))).toBe('study-uid');
    expect(basis(studyOf(), orderOf({ studyInstanceUid: '9.9' }))).toBe('accession');
    expect(basis(studyOf(), orderOf({ studyInstanceUid: '9.9', accessionNumber: 'A9' }))).toBeUndefined();
    expect(
      basis(studyOf({}, { accessionNumber: '' }), orderOf({ studyInstanceUid: '9.9', accessionNumber: '' })),
    ).toBeUndefined();
  });

  it('takes, of two orders for one study, the one with its accession number', () => {
    const [other, own] = [orderOf({ accessionNumber: 'A0' }), { ...orderOf(), id: 2 }];
    expect(automaticMatch(studyOf(), [other, own], 'SADEC')?.order.id).toBe(2);
  });

  it('is none with another patient, with a cancelled order, with another facility', () => {
    expect(basis(studyOf({ id: 'P2' }), orderOf())).toBeUndefined();
    expect(basis(studyOf(), orderOf({}, 'CANCELLED'))).toBeUndefined();
    expect(basis(studyOf(), orderOf({ facility: 'branch' }))).toBeUndefined();
  });
});

describe('what speaks for an order', () => {
  it('is counted, all of it as 100', () => {
    expect(score(studyOf({ name: 'nguyễn văn an' }), orderOf().document).score).toBe(100);
    const other = orderOf({ studyInstanceUid: '9.9', accessionNumber: 'A9', patient: { id: 'P9', name: 'Nguyễn Văn An' } });
    expect(score(studyOf(), other.document)).toEqual({ score: 28, reasons: ['name', 'day', 'modality'] });
    expect(score(studyOf({ id: '', name: '' }, { accessionNumber: '' }), other.document).reasons).toEqual(['day', 'modality']);
  });
});
