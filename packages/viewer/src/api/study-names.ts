import type { Client } from './client.ts';
import { asRecord, list, type Parse } from './json.ts';

/** What a study is called where only its UID is known. */
export interface StudyName {
  readonly studyInstanceUid: string;
  readonly patient: string;
  readonly patientId: string;
  /** `YYYY-MM-DD`; null where the machine wrote none. */
  readonly date: string | null;
  readonly description: string;
  readonly modalities: readonly string[];
}

/** A header of a request has room for so many UIDs. */
const UIDS_A_REQUEST = 50;

const TAG = {
  studyDate: '00080020',
  modalities: '00080061',
  description: '00081030',
  patient: '00100010',
  patientId: '00100020',
  study: '0020000D',
} as const;

/** DICOM JSON of a search. PS3.18 F.2. */
const parseName: Parse<StudyName> = (value, path) => {
  const dataSet = asRecord(value, path);
  const [date = ''] = texts(dataSet, TAG.studyDate);
  return {
    studyInstanceUid: texts(dataSet, TAG.study)[0] ?? '',
    patient: (texts(dataSet, TAG.patient)[0] ?? '').replace(/\^+/g, ' ').trim(),
    patientId: texts(dataSet, TAG.patientId)[0] ?? '',
    date: /^\d{8}$/.test(date) ? `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}` : null,
    description: (texts(dataSet, TAG.description)[0] ?? '').replaceAll('^', ' ').trim(),
    modalities: texts(dataSet, TAG.modalities),
  };
};

function texts(dataSet: Readonly<Record<string, unknown>>, tag: string): readonly string[] {
  const element = dataSet[tag];
  const values = typeof element === 'object' && element !== null && 'Value' in element ? element.Value : undefined;
  return Array.isArray(values) ? values.map(textOf).filter((text) => text !== '') : [];
}

function textOf(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'Alphabetic' in value) {
    return String(value.Alphabetic);
  }
  return typeof value === 'string' ? value : '';
}

/** The names of studies by UID, of those that are here and may be seen. */
export async function readStudyNames(
  client: Client,
  studies: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, StudyName>> {
  const found = new Map<string, StudyName>();
  for (let at = 0; at < studies.length; at += UIDS_A_REQUEST) {
    const uids = studies.slice(at, at + UIDS_A_REQUEST);
    const parameters = new URLSearchParams({
      StudyInstanceUID: uids.join(','),
      includefield: `${TAG.description},${TAG.modalities}`,
      limit: String(UIDS_A_REQUEST),
    });
    for (const name of await client.get(`/dicom-web/studies?${parameters}`, list(parseName), signal)) {
      found.set(name.studyInstanceUid, name);
    }
  }
  return found;
}
