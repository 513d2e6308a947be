import type { Problem } from '@filmless/access';
import { DicomError, type DicomErrorCode } from '@filmless/dicom';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { ArchiveError, type ArchiveErrorCode } from '../core/errors.ts';

interface Answer {
  readonly status: ContentfulStatusCode;
  readonly title: string;
  /** Seconds until it may be worth trying again. */
  readonly retryAfter?: number;
}

/** The one table of statuses. PS3.18 8.5. */
const ARCHIVE: Readonly<Record<ArchiveErrorCode, Answer>> = {
  'not-found': { status: 404, title: 'Not found' },
  'no-such-frame': { status: 404, title: 'No such frame' },
  'invalid-request': { status: 400, title: 'Invalid request' },
  'cannot-decode': { status: 406, title: 'Not available in the form asked for' },
  'not-acceptable': { status: 406, title: 'Not available in the form asked for' },
  'unsupported-media': { status: 415, title: 'Unsupported media type' },
  'unreadable-media': { status: 400, title: 'Invalid request' },
  'limit-exceeded': { status: 413, title: 'Too much' },
  busy: { status: 503, title: 'Busy', retryAfter: 5 },
  'store-full': { status: 503, title: 'Storage full', retryAfter: 300 },
  'store-away': { status: 503, title: 'Storage not reachable', retryAfter: 10 },
  'not-allowed': { status: 403, title: 'Not allowed' },
  conflict: { status: 409, title: 'Conflict' },
  'changed-meanwhile': { status: 412, title: 'Changed meanwhile' },
};

/** Only what a request can cause: an error about a stored object is the server's own and stays a 500. */
const DICOM: Partial<Record<DicomErrorCode, Answer>> = {
  'invalid-uid': { status: 400, title: 'Invalid request' },
  'invalid-json': { status: 400, title: 'Invalid metadata' },
  'invalid-multipart': { status: 400, title: 'Invalid multipart body' },
  'invalid-value': { status: 400, title: 'Invalid request' },
  'limit-exceeded': { status: 413, title: 'Too much' },
  'no-such-frame': { status: 404, title: 'No such frame' },
};

/** What the archive knows of its errors; `undefined` passes the error on. */
export function problemOf(error: Error): Problem | undefined {
  const answer =
    error instanceof ArchiveError ? ARCHIVE[error.code] : error instanceof DicomError ? DICOM[error.code] : undefined;
  if (answer === undefined) {
    return undefined;
  }
  const { status, title, retryAfter } = answer;
  return {
    status,
    title,
    detail: error.message,
    ...(retryAfter === undefined ? {} : { headers: { 'retry-after': String(retryAfter) } }),
    ...(error instanceof ArchiveError && error.members !== undefined ? { members: error.members } : {}),
  };
}
