import { type DataSet, firstText, readFileMeta, TAG, writeDataSet } from '@filmless/dicom';
import type { ArchiveFetch, Deposit } from '../src/index.ts';
import type { CountedReception } from './counted-reception.ts';
import { SECONDARY_CAPTURE, type TestObject, testObject } from './objects.ts';

/** What the archive says of a study: all is there, or more is to come. */
type State = 'arriving' | 'complete' | 'incomplete';

/** An archive in memory, as routing asks it: headers, whether a study is complete, studies of a patient and their instances. */
export class RoutedArchive {
  readonly headers: Map<string, DataSet> = new Map();
  /** By Study Instance UID; others are `arriving`. */
  readonly states: Map<string, State> = new Map();
  /** Paths that were asked for. */
  readonly asked: string[] = [];
  /** In place of an answer. */
  failure: (() => Response) | undefined;
  readonly #kept = new Set<string>();

  /** An object that the archive will know the header of once it is deposited. */
  object(number: number, changes: DataSet = {}): TestObject {
    const object = testObject(number, changes);
    const header: DataSet = {
      [TAG.SOPClassUID]: { vr: 'UI', Value: [SECONDARY_CAPTURE] },
      [TAG.SOPInstanceUID]: { vr: 'UI', Value: [object.sopInstanceUid] },
      [TAG.Modality]: { vr: 'CS', Value: ['OT'] },
      [TAG.StudyInstanceUID]: { vr: 'UI', Value: [object.studyInstanceUid] },
      [TAG.SeriesInstanceUID]: { vr: 'UI', Value: [object.seriesInstanceUid] },
      ...changes,
    };
    const uid = (tag: string) => firstText(header, tag) ?? '';
    this.headers.set(uid(TAG.SOPInstanceUID), header);
    return {
      ...object,
      sopInstanceUid: uid(TAG.SOPInstanceUID),
      studyInstanceUid: uid(TAG.StudyInstanceUID),
      seriesInstanceUid: uid(TAG.SeriesInstanceUID),
      bytes: writeDataSet(header, { explicitVr: true }),
    };
  }

  readonly deposit =
    (reception: () => CountedReception): Deposit =>
    async (object) => {
      const sopInstanceUid = readFileMeta(await reception().bytes(object)).meta.mediaStorageSopInstanceUid ?? '';
      await reception().release(object);
      const header = this.headers.get(sopInstanceUid) ?? {};
      const known = this.#kept.has(sopInstanceUid);
      this.#kept.add(sopInstanceUid);
      return {
        status: known ? 'identical' : 'stored',
        studyInstanceUid: firstText(header, TAG.StudyInstanceUID) ?? '',
        seriesInstanceUid: firstText(header, TAG.SeriesInstanceUID) ?? '',
        sopInstanceUid,
        sopClassUid: SECONDARY_CAPTURE,
        warnings: [],
      };
    };

  readonly fetch: ArchiveFetch = async (request, caller) => {
    const { pathname, searchParams } = new URL(request.url);
    this.asked.push(caller === undefined ? pathname : `${pathname} for ${caller.facility}`);
    if (this.failure !== undefined) {
      return this.failure();
    }
    const parts = pathname.split('/').filter((part) => part !== '');
    if (parts.at(-1) === 'metadata') {
      const header = this.headers.get(parts.at(-2) ?? '');
      return header === undefined ? new Response(null, { status: 404 }) : Response.json([header]);
    }
    if (parts[0] === 'api') {
      return this.#study(parts[2] ?? '');
    }
    const within = parts.includes('instances') ? (parts[2] ?? '') : undefined;
    return Response.json(within === undefined ? this.#studies(searchParams) : this.#in(within));
  };

  #in(study: string): readonly DataSet[] {
    return [...this.headers.values()].filter((header) => firstText(header, TAG.StudyInstanceUID) === study);
  }

  #study(uid: string): Response {
    return this.#in(uid).length === 0
      ? new Response(null, { status: 404 })
      : Response.json({ facility: 'main', completeness: { state: this.states.get(uid) ?? 'arriving' } });
  }

  /** One result a study, with the modalities of its instances. */
  #studies(query: URLSearchParams): readonly DataSet[] {
    const studies = Map.groupBy(this.headers.values(), (header) => firstText(header, TAG.StudyInstanceUID) ?? '');
    const wanted = (tag: string, header: DataSet) => query.get(tag) === null || query.get(tag) === firstText(header, tag);
    return [...studies.values()].flatMap((headers) => {
      const [first = {}] = headers;
      const modalities = [...new Set(headers.flatMap((header) => firstText(header, TAG.Modality) ?? []))];
      return wanted(TAG.StudyInstanceUID, first) && wanted(TAG.PatientID, first)
        ? [{ ...first, '00080061': { vr: 'CS' as const, Value: modalities } }]
        : [];
    });
  }
}
