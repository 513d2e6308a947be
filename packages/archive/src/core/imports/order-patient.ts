import { type DataSet, displayName, parsePersonName, TAG } from '@filmless/dicom';
import type { KeptOrder } from '../orders/order-records.ts';
import type { PersonFacts } from './model.ts';

/** Whom an order is for. */
export function orderedPerson({ document: { patient } }: KeptOrder, issuer: string): PersonFacts {
  const { id, name, birthDate = '', sex = '' } = patient;
  return { id, issuer, name: displayName(parsePersonName(name)), birthDate, sex };
}

/** The same as attributes of an object, with the number of the order. What the order does not know is left out. */
export function orderAttributes({ document: { patient, accessionNumber } }: KeptOrder, issuer: string): DataSet {
  const { birthDate = '', sex } = patient;
  return {
    [TAG.AccessionNumber]: { vr: 'SH', Value: [accessionNumber] },
    [TAG.PatientName]: { vr: 'PN', Value: [parsePersonName(patient.name)] },
    [TAG.PatientID]: { vr: 'LO', Value: [patient.id] },
    [TAG.IssuerOfPatientID]: { vr: 'LO', Value: [issuer] },
    // A year alone is no DA.
    ...(birthDate.length === 10 ? { [TAG.PatientBirthDate]: { vr: 'DA', Value: [birthDate.replaceAll('-', '')] } as const } : {}),
    ...(sex === undefined ? {} : { [TAG.PatientSex]: { vr: 'CS', Value: [sex] } as const }),
  };
}
