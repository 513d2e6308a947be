import { type Client, pathOf } from './client.ts';
import { flag, list, number, object, oneOf, or, type Parse, text } from './json.ts';
import { ORDER_STATES, type OrderState } from './order-state.ts';
import { parseMark, type ReceiptMark } from './receipts.ts';

export interface Patient {
  readonly id: string;
  readonly issuer: string;
  /** In display form: all parts joined by spaces. */
  readonly name: string;
  readonly birthDate: string | null;
  readonly sex: string;
}

/** Whether all images of a study came: a guess that later images or a machine's report may revise. */
interface Completeness {
  readonly state: 'arriving' | 'complete' | 'incomplete';
  /** What the machine said it made; null when it said nothing. */
  readonly expected: number | null;
  /** Of these, what is here; of a study nothing was said about, all that is here. */
  readonly received: number;
}

/** The order a study was made for. */
interface StudyOrder {
  readonly accessionNumber: string;
  readonly state: OrderState;
}

export interface Study {
  readonly studyInstanceUid: string;
  readonly patient: Patient;
  readonly accessionNumber: string;
  /** `YYYY-MM-DD` and `HH:MM:SS`, as the modality wrote them. */
  readonly date: string | null;
  readonly time: string | null;
  readonly description: string;
  readonly modalities: readonly string[];
  readonly bodyParts: readonly string[];
  readonly seriesCount: number;
  readonly instanceCount: number;
  readonly facility: string;
  readonly sharedWith: readonly string[];
  readonly receivedAt: string;
  readonly updatedAt: string;
  /** False when a machine that nobody listed sent it. */
  readonly verified: boolean;
  readonly conflicts: number;
  readonly completeness: Completeness | null;
  /** Null from a server that does not tell. */
  readonly receipt: ReceiptMark | null;
  readonly order: StudyOrder | null;
}

export interface Series {
  readonly seriesInstanceUid: string;
  readonly number: number | null;
  readonly modality: string;
  readonly description: string;
  readonly bodyPart: string;
  readonly instanceCount: number;
  readonly frameCount: number;
}

export interface StudyDetail extends Study {
  readonly series: readonly Series[];
}

export interface StudyPage {
  readonly studies: readonly Study[];
  /** `exact` is false from the number on at which the server stops counting. */
  readonly total: { readonly count: number; readonly exact: boolean };
  readonly next: string | null;
}

export interface StudyQuery {
  readonly q?: string;
  readonly modalities?: readonly string[];
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly facility?: string | undefined;
  readonly accessionNumber?: string;
  readonly patientId?: string;
  readonly after?: string;
}

const STUDY = {
  studyInstanceUid: text,
  patient: object<Patient>({
    id: or(text, ''),
    issuer: or(text, ''),
    name: or(text, ''),
    birthDate: or(text, null),
    sex: or(text, ''),
  }),
  accessionNumber: or(text, ''),
  date: or(text, null),
  time: or(text, null),
  description: or(text, ''),
  modalities: list(text),
  bodyParts: list(text),
  seriesCount: number,
  instanceCount: number,
  facility: or(text, ''),
  sharedWith: or(list(text), []),
  receivedAt: or(text, ''),
  updatedAt: or(text, ''),
  verified: or(flag, true),
  conflicts: or(number, 0),
  completeness: or(
    object<Completeness>({
      state: oneOf('arriving', 'complete', 'incomplete'),
      expected: or(number, null),
      received: or(number, 0),
    }),
    null,
  ),
  receipt: or(parseMark, null),
  order: or(object<StudyOrder>({ accessionNumber: text, state: oneOf(...ORDER_STATES) }), null),
};

const parseSeries: Parse<Series> = object<Series>({
  seriesInstanceUid: text,
  number: or(number, null),
  modality: or(text, ''),
  description: or(text, ''),
  bodyPart: or(text, ''),
  instanceCount: number,
  frameCount: or(number, 0),
});

export const parseStudy: Parse<Study> = object<Study>(STUDY);
const parseDetail: Parse<StudyDetail> = object<StudyDetail>({ ...STUDY, series: list(parseSeries) });
const parsePage: Parse<StudyPage> = object<StudyPage>({
  studies: list(parseStudy),
  total: object<StudyPage['total']>({ count: number, exact: flag }),
  next: or(text, null),
});

const PAGE_SIZE = 50;

export function findStudies(client: Client, query: StudyQuery, signal?: AbortSignal): Promise<StudyPage> {
  return client.get(`/api/studies?${queryText(query)}`, parsePage, signal);
}

export function readStudy(client: Client, studyInstanceUid: string, signal?: AbortSignal): Promise<StudyDetail> {
  return client.get(pathOf('api', 'studies', studyInstanceUid), parseDetail, signal);
}

/** A small picture that stands for the series. PS3.18 8.2.1. */
export function seriesThumbnailUrl(studyInstanceUid: string, seriesInstanceUid: string): string {
  return `${pathOf('dicom-web', 'studies', studyInstanceUid, 'series', seriesInstanceUid)}/thumbnail`;
}

export function queryText(query: StudyQuery): string {
  const parameters = new URLSearchParams();
  const entries = {
    q: query.q,
    modality: query.modalities?.join(','),
    from: query.from,
    to: query.to,
    facility: query.facility,
    accessionNumber: query.accessionNumber,
    patientId: query.patientId,
    after: query.after,
  };
  for (const [name, value] of Object.entries(entries)) {
    if (value !== undefined && value !== '') {
      parameters.append(name, value);
    }
  }
  parameters.append('limit', String(PAGE_SIZE));
  return parameters.toString();
}
