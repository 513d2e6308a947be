import { gunzipSync } from 'node:zlib';
import type { Answer } from './http-reader.ts';
import { ctInstance, DICOM_PARTS, FRAME_PARTS, JSON_TYPE, listFault, type ReadLine, seriesPath, sizeFault } from './reading.ts';
import type { StoreLine } from './storing.ts';

/** What is stored for these lines: one series of 600 slices, and a study of 1,000. */
export const SERIES_STORE_LINES: readonly StoreLine[] = [600, 1000].map((count) => ({
  key: `ct-${count}`,
  title: `CT 512x512, ${count} slices`,
  size: 512,
  perStudy: count,
  associations: 4,
}));

export interface SeriesLine extends ReadLine {
  /** Which of the stored studies it is about. */
  readonly of: number;
  /** Longest time, in ms, of the median that is aimed at. */
  readonly target: number;
  /** Times it is asked, where that is less than told. */
  readonly most?: number;
}

/** The text of an answer that may be compressed. */
function plain(answer: Answer): Answer {
  const isGzip = answer.body[0] === 0x1f && answer.body[1] === 0x8b;
  return isGzip ? { ...answer, body: gunzipSync(answer.body) } : answer;
}

export const SERIES_LINES: readonly SeriesLine[] = [
  {
    key: 'metadata-600',
    title: 'Series metadata, 600 slices',
    of: 0,
    target: 30,
    request: ({ ct }) => ({ path: `${seriesPath(ct, 0)}/metadata`, accept: JSON_TYPE }),
    fault: (_, answer) => listFault(answer, 600, 600),
  },
  {
    key: 'metadata-600-gzip',
    title: 'the same, gzip',
    of: 0,
    target: 30,
    request: ({ ct }) => ({ path: `${seriesPath(ct, 0)}/metadata`, accept: JSON_TYPE, encoding: 'gzip' }),
    fault: (_, answer) => listFault(plain(answer), 600, 600),
  },
  {
    key: 'frame',
    title: 'Frame, 525 kB',
    of: 1,
    target: 2,
    request: (catalogue, at) => ({ path: `${ctInstance(catalogue, at)}/frames/1`, accept: FRAME_PARTS }),
    fault: (_, answer) => sizeFault(answer, 512 * 512 * 2),
  },
  {
    key: 'rendered',
    title: 'Rendered, JPEG 512x512',
    of: 1,
    target: 10,
    request: (catalogue, at) => ({ path: `${ctInstance(catalogue, at)}/rendered`, accept: 'image/jpeg' }),
    fault: (_, answer) => (answer.type.startsWith('image/jpeg') ? sizeFault(answer, 1000) : `${answer.type} in place of a JPEG`),
  },
  {
    key: 'study-1000',
    title: 'Study of 1,000 slices, 526 MB',
    of: 1,
    // 500 MB a second.
    target: 1052,
    most: 5,
    request: ({ ct }) => ({ path: `/dicom-web/studies/${ct.studies[0]?.study}`, accept: DICOM_PARTS }),
    fault: ({ ct }, answer) => sizeFault(answer, ct.perStudy * ct.dataSet.length),
  },
];
