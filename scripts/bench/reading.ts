import { type Answer, HttpReader } from './http-reader.ts';
import { type Batch, instanceUidOf, type Study } from './objects.ts';
import type { Server } from './servers.ts';

/** What the archive holds when it is read: whole CT series, and many small studies. */
export interface Catalogue {
  readonly ct: Batch;
  readonly batches: readonly Batch[];
}

interface Request {
  readonly path: string;
  readonly accept: string;
  /** Accept-Encoding; without it bodies come as they are. */
  readonly encoding?: string;
}

/** One kind of reading. `at` counts the requests: each asks for something else. */
export interface ReadLine {
  readonly key: string;
  readonly title: string;
  request(catalogue: Catalogue, at: number): Request;
  /** What is wrong with an answer, in words. */
  fault(catalogue: Catalogue, answer: Answer): string | undefined;
}

export const JSON_TYPE = 'application/dicom+json';
export const DICOM_PARTS = 'multipart/related; type="application/dicom"; transfer-syntax=*';
export const FRAME_PARTS = 'multipart/related; type="application/octet-stream"; transfer-syntax=*';
const LIST = 25;
/** A step that meets every index of a series of 100 before it comes back. */
const STEP = 37;

function pick<T>(list: readonly T[], at: number): T {
  const found = list[at % list.length];
  if (found === undefined) {
    throw new Error('there is nothing to ask for');
  }
  return found;
}

export function listFault(answer: Answer, least: number, most: number): string | undefined {
  const list: unknown = JSON.parse(answer.body.toString());
  const length = Array.isArray(list) ? list.length : -1;
  return length >= least && length <= most ? undefined : `${length} entries in place of ${least} to ${most}`;
}

export function sizeFault(answer: Answer, least: number): string | undefined {
  return answer.bytes >= least ? undefined : `${answer.bytes} bytes in place of at least ${least}`;
}

const studies = ({ batches }: Catalogue): readonly Study[] => batches.flatMap((batch) => batch.studies);
const pathOf = ({ study, series }: Study) => `/dicom-web/studies/${study}/series/${series}`;

/** Of the series of a study of a batch; any number names one. */
export function seriesPath({ studies: all }: Batch, at: number): string {
  return pathOf(pick(all, at));
}

function ctSeries(catalogue: Catalogue, at: number): string {
  return seriesPath(catalogue.ct, at);
}

export function ctInstance({ ct }: Catalogue, at: number): string {
  const study = at % ct.studies.length;
  const instance = instanceUidOf(ct, study, (at * STEP) % ct.perStudy);
  return `${seriesPath(ct, study)}/instances/${instance}`;
}

export const READ_LINES: readonly ReadLine[] = [
  {
    key: 'qido-list',
    title: `QIDO: ${LIST} studies`,
    request: () => ({ path: `/dicom-web/studies?limit=${LIST}`, accept: JSON_TYPE }),
    fault: (catalogue, answer) => {
      const expected = Math.min(LIST, studies(catalogue).length);
      return listFault(answer, expected, expected);
    },
  },
  {
    key: 'qido-id',
    title: 'QIDO: by PatientID',
    request: (catalogue, at) => ({
      path: `/dicom-web/studies?PatientID=${pick(studies(catalogue), at * STEP).patientId}`,
      accept: JSON_TYPE,
    }),
    fault: (_, answer) => listFault(answer, 1, 1),
  },
  {
    key: 'qido-name',
    title: `QIDO: by PatientName, wildcard, ${LIST} at most`,
    request: (catalogue, at) => ({
      path: `/dicom-web/studies?PatientName=${pick(studies(catalogue), at).patientName.slice(0, 4)}*&limit=${LIST}`,
      accept: JSON_TYPE,
    }),
    fault: (_, answer) => listFault(answer, 1, LIST),
  },
  {
    key: 'metadata',
    title: 'Series metadata, 100 instances',
    request: (catalogue, at) => ({ path: `${ctSeries(catalogue, at)}/metadata`, accept: JSON_TYPE }),
    fault: ({ ct }, answer) => listFault(answer, ct.perStudy, ct.perStudy),
  },
  {
    key: 'frame',
    title: 'Frame, 525 kB',
    request: (catalogue, at) => ({ path: `${ctInstance(catalogue, at)}/frames/1`, accept: FRAME_PARTS }),
    fault: (_, answer) => sizeFault(answer, 512 * 512 * 2),
  },
  {
    key: 'instance',
    title: 'Instance, 526 kB',
    request: (catalogue, at) => ({ path: ctInstance(catalogue, at), accept: DICOM_PARTS }),
    fault: ({ ct }, answer) => sizeFault(answer, ct.dataSet.length),
  },
  {
    key: 'series',
    title: 'Series of 100, 53 MB',
    request: (catalogue, at) => ({ path: ctSeries(catalogue, at), accept: DICOM_PARTS }),
    fault: ({ ct }, answer) => sizeFault(answer, ct.perStudy * ct.dataSet.length),
  },
  {
    key: 'rendered',
    title: 'Rendered, JPEG 512x512',
    request: (catalogue, at) => ({ path: `${ctInstance(catalogue, at)}/rendered`, accept: 'image/jpeg' }),
    fault: (_, answer) => (answer.type.startsWith('image/jpeg') ? sizeFault(answer, 1000) : `${answer.type} in place of a JPEG`),
  },
];

/** Makes a line's requests one after the other over one connection; the time of each, in ms, to its last byte. */
export async function read(
  server: Server,
  line: ReadLine,
  catalogue: Catalogue,
  repeats: number,
  signal: AbortSignal,
): Promise<readonly number[]> {
  using reader = new HttpReader(server.httpPort);
  const times: number[] = [];
  for (let at = 0; at < repeats; at++) {
    signal.throwIfAborted();
    const { path, accept, encoding } = line.request(catalogue, at);
    const coded = encoding === undefined ? {} : { 'accept-encoding': encoding };
    const answer = await reader.ask(path, { ...server.headers, ...coded, accept });
    const fault = answer.status === 200 ? line.fault(catalogue, answer) : `status ${answer.status}`;
    if (fault !== undefined) {
      throw new Error(`${server.name}, ${line.title}: ${fault}: ${answer.body.subarray(0, 300).toString()}`);
    }
    times.push(answer.ms);
  }
  return times;
}
