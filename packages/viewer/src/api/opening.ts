import { ApiError, type Client, pathOf } from './client.ts';
import { list, number, object, or, type Parse, text } from './json.ts';

/** What the reading page needs of a series before its instances are known. */
export interface SeriesInfo {
  readonly seriesInstanceUid: string;
  readonly number: number | null;
  readonly modality: string;
  readonly description: string;
  readonly instanceCount: number;
  readonly frameCount: number;
  readonly rows: number | null;
  readonly firstInstanceUid: string | null;
  readonly sopClassUid: string | null;
  readonly transferSyntaxUid: string | null;
}

export interface StudyInfo {
  readonly studyInstanceUid: string;
  readonly patient: {
    readonly id: string;
    readonly name: string;
    readonly birthDate: string | null;
    readonly sex: string;
  };
  readonly date: string | null;
  readonly description: string;
  readonly series: readonly SeriesInfo[];
}

/** A small picture of the image that is seen first; never to be taken for it. */
export interface StudyPreview {
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  /** Its number, from 1. */
  readonly frame: number;
  /** A JPEG in base64. */
  readonly data: string;
}

interface Opening {
  readonly study: StudyInfo;
  /** Series that are not in the list, for its size. */
  readonly more: number;
  readonly preview: StudyPreview | null;
}

const parseSeries: Parse<SeriesInfo> = object<SeriesInfo>({
  seriesInstanceUid: text,
  number: or(number, null),
  modality: or(text, ''),
  description: or(text, ''),
  instanceCount: or(number, 0),
  frameCount: or(number, 0),
  rows: or(number, null),
  firstInstanceUid: or(text, null),
  sopClassUid: or(text, null),
  transferSyntaxUid: or(text, null),
});

const parseStudy: Parse<StudyInfo> = object<StudyInfo>({
  studyInstanceUid: text,
  patient: object<StudyInfo['patient']>({ id: or(text, ''), name: or(text, ''), birthDate: or(text, null), sex: or(text, '') }),
  date: or(text, null),
  description: or(text, ''),
  series: list(parseSeries),
});

const parseOpening: Parse<Opening> = object<Opening>({
  study: parseStudy,
  more: or(number, 0),
  preview: or(object<StudyPreview>({ seriesInstanceUid: text, sopInstanceUid: text, frame: number, data: text }), null),
});

export function fetchStudy(client: Client, studyInstanceUid: string, signal?: AbortSignal): Promise<StudyInfo> {
  return client.get(pathOf('api', 'studies', studyInstanceUid), parseStudy, signal);
}

/** Content Too Large: what is known of the study does not fit into an opening. RFC 9110 15.5.14. */
const TOO_LARGE = 413;

async function fetchOpening(client: Client, studyInstanceUid: string, signal?: AbortSignal): Promise<Opening> {
  try {
    return await client.get(pathOf('api', 'studies', studyInstanceUid, 'opening'), parseOpening, signal);
  } catch (error) {
    if (error instanceof ApiError && error.status === TOO_LARGE) {
      return { study: await fetchStudy(client, studyInstanceUid, signal), more: 0, preview: null };
    }
    throw error;
  }
}

/** Studies that are being opened, the first of them before the page that reads it is there. */
export interface Openings {
  /** Asks for a study that will be opened; of several the last. */
  begin(studyInstanceUid: string): void;
  /** @throws ApiError, UnreadableAnswer, or the abort of `signal` */
  take(studyInstanceUid: string, signal: AbortSignal): Promise<Opening>;
  forget(): void;
}

export function createOpenings(client: Client): Openings {
  let ahead: { readonly study: string; readonly opening: Promise<Opening> } | undefined;
  return {
    begin: (study) => {
      const opening = fetchOpening(client, study);
      // Whoever takes it hears of it.
      opening.catch(() => undefined);
      ahead = { study, opening };
    },
    take: async (study, signal) => {
      const begun = ahead?.study === study ? ahead.opening : undefined;
      ahead = undefined;
      // What failed before anybody was signed in is asked for again.
      const opening = await begun?.catch(() => undefined);
      signal.throwIfAborted();
      return opening ?? (await fetchOpening(client, study, signal));
    },
    forget: () => {
      ahead = undefined;
    },
  };
}
