import { foldName, parsePersonName, wordsOf } from '@filmless/dicom';
import type { StudyEntry } from '../model.ts';
import type { OrderDocument, OrderPatient } from './model.ts';
import type { KeptOrder, MatchBasis } from './order-records.ts';

/** What a study says of whom and what it is; the name as it is displayed. */
export type StudyFacts = Pick<
  StudyEntry,
  'studyInstanceUid' | 'patient' | 'accessionNumber' | 'date' | 'modalities' | 'facility'
>;

/** Whom an order names, as far as it is compared. */
type NamedPatient = Pick<OrderPatient, 'id' | 'name' | 'birthDate'> & { readonly sex?: string };

/** In what a study's patient and an order's differ. */
export interface PatientDifference {
  readonly field: 'id' | 'issuer' | 'name' | 'birthDate' | 'sex';
  readonly study: string;
  readonly order: string;
}

function nameWords(name: string): readonly string[] {
  return wordsOf(foldName(parsePersonName(name))).toSorted();
}

function differ(study: string, order: string): boolean {
  return study !== '' && order !== '' && study !== order;
}

/**
 * In what the patients differ; what one side leaves out differs in nothing. Marks, case and the order of a name's parts do not
 * count, and a year of birth agrees with every day of it.
 */
export function patientDifferences(
  { patient }: Pick<StudyFacts, 'patient'>,
  order: NamedPatient,
  issuer: string,
): readonly PatientDifference[] {
  const found: PatientDifference[] = [];
  const compare = (field: PatientDifference['field'], study: string, ordered: string, different: boolean): void => {
    if (different) {
      found.push({ field, study, order: ordered });
    }
  };
  compare('id', patient.id, order.id, differ(patient.id.trim(), order.id));
  compare('issuer', patient.issuer, issuer, differ(patient.issuer, issuer));
  compare('name', patient.name, order.name, differ(nameWords(patient.name).join(' '), nameWords(order.name).join(' ')));
  const born = patient.birthDate ?? '';
  const ordered = order.birthDate ?? '';
  const length = Math.min(born.length, ordered.length);
  compare('birthDate', born, ordered, differ(born.slice(0, length), ordered.slice(0, length)));
  compare('sex', patient.sex, order.sex ?? '', differ(patient.sex, order.sex ?? ''));
  return found;
}

/**
 * Whether a study may be matched to an order without a person: its patient has the same id of the same issuer, and what else is
 * said of the patient does not speak against it. One common word is enough for a name: machines shorten them.
 */
export function isSamePatient(study: StudyFacts, order: OrderPatient, issuer: string): boolean {
  const fields = patientDifferences(study, order, issuer).map(({ field }) => field);
  const ordered = nameWords(order.name);
  const known = nameWords(study.patient.name);
  const named = known.length === 0 || known.some((word) => ordered.includes(word));
  return study.patient.id.trim() === order.id && named && fields.every((field) => field === 'name' || field === 'sex');
}

/** The order a study was made for, when that needs no person: by its Study Instance UID, else by its accession number. */
export function automaticMatch(
  study: StudyFacts,
  candidates: readonly KeptOrder[],
  issuer: string,
): { readonly order: KeptOrder; readonly basis: MatchBasis } | undefined {
  const fitting = candidates.filter(
    ({ state, document }) =>
      state !== 'CANCELLED' && document.facility === study.facility && isSamePatient(study, document.patient, issuer),
  );
  const wished = fitting.filter(({ document }) => document.studyInstanceUid === study.studyInstanceUid);
  const numbered = ({ document }: KeptOrder): boolean =>
    study.accessionNumber !== '' && document.accessionNumber === study.accessionNumber;
  const byUid = wished.find(numbered) ?? wished[0];
  const byNumber = fitting.find(numbered);
  return byUid !== undefined
    ? { order: byUid, basis: 'study-uid' }
    : byNumber !== undefined
      ? { order: byNumber, basis: 'accession' }
      : undefined;
}

const REASONS = ['studyInstanceUid', 'accessionNumber', 'patientId', 'name', 'birthDate', 'sex', 'day', 'modality'] as const;

export type Reason = (typeof REASONS)[number];

/** How much a reason speaks for an order; together no more than 100. */
const WEIGHTS: Readonly<Record<Reason, number>> = {
  studyInstanceUid: 25,
  accessionNumber: 20,
  patientId: 20,
  name: 15,
  birthDate: 5,
  sex: 2,
  day: 8,
  modality: 5,
};

/** What speaks for an order as the one a study was made for. */
export function score(study: StudyFacts, order: OrderDocument): { readonly score: number; readonly reasons: readonly Reason[] } {
  const { patient } = order;
  const same = (a: string, b: string | undefined): boolean => a !== '' && a === b;
  const names = nameWords(study.patient.name);
  const speaks: Readonly<Record<Reason, boolean>> = {
    studyInstanceUid: study.studyInstanceUid === order.studyInstanceUid,
    accessionNumber: same(study.accessionNumber, order.accessionNumber),
    patientId: same(study.patient.id.trim(), patient.id),
    name: same(names.join(' '), nameWords(patient.name).join(' ')),
    birthDate: same(study.patient.birthDate ?? '', patient.birthDate),
    sex: same(study.patient.sex, patient.sex),
    day: order.steps.some(({ start }) => same(study.date ?? '', start.slice(0, 10))),
    modality: order.steps.some(({ modality }) => study.modalities.includes(modality)),
  };
  const reasons = REASONS.filter((reason) => speaks[reason]);
  return { score: reasons.reduce((sum, reason) => sum + WEIGHTS[reason], 0), reasons };
}
