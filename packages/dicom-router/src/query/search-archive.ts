import { type DataSet, DicomError, parseDicomJson, piecesOf } from '@filmless/dicom';
import { messageOf, RouterError } from '../errors.ts';
import type { RouterLimits } from '../limits.ts';

/** The archive as it is searched: QIDO-RS under `/dicom-web`, asked as whoever wants to know. */
export type AskArchive = (request: Request) => Promise<Response>;

/**
 * The results of a search, page by page as they are taken. PS3.18 10.6.
 * @throws RouterError `invalid-request` for a key the archive cannot match, `too-long` for a search that costs too much, `archive`
 */
export async function* searchArchive(
  archive: AskArchive,
  url: string,
  limits: Pick<RouterLimits, 'searchPageBytes'>,
  signal: AbortSignal,
): AsyncGenerator<DataSet, void, void> {
  for (let next: string | undefined = url; next !== undefined; ) {
    const response: Response = await ask(archive, next, signal);
    const results = parsePage(await pageText(response, limits.searchPageBytes));
    next = nextUrl(response, next, results.length);
    for (const result of results) {
      yield parseResult(result);
    }
  }
}

async function ask(archive: AskArchive, url: string, signal: AbortSignal): Promise<Response> {
  // NOTE: C-FIND tells no total; an archive that does not know the preference counts. RFC 7240 2.
  const headers = { accept: 'application/dicom+json', prefer: 'count=none' };
  const request = new Request(new URL(url, 'http://archive'), { headers, signal });
  let response: Response;
  try {
    response = await archive(request);
  } catch (error) {
    throw new RouterError('archive', `the archive does not answer: ${messageOf(error)}`, { cause: error });
  }
  if (response.ok) {
    return response;
  }
  throw await refusal(response);
}

/** A problem in words is far shorter. */
const PROBLEM_BYTES = 65_536;

/** What an archive's refusal says of the search. PS3.18 8.5. */
async function refusal(response: Response): Promise<RouterError> {
  const detail = await problemDetail(response);
  switch (response.status) {
    case 400:
    case 414:
      return new RouterError('invalid-request', detail);
    case 413:
      return new RouterError('too-long', detail);
    default:
      return new RouterError('archive', `the archive answered ${response.status}: ${detail}`);
  }
}

async function problemDetail(response: Response): Promise<string> {
  try {
    const problem: unknown = JSON.parse(await pageText(response, PROBLEM_BYTES));
    const detail = typeof problem === 'object' && problem !== null && 'detail' in problem ? problem.detail : undefined;
    return typeof detail === 'string' ? detail : 'the archive gives no reason';
  } catch {
    return 'the archive gives no reason';
  }
}

async function pageText(response: Response, mostBytes: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of bodyParts(response)) {
    bytes += part.byteLength;
    if (bytes > mostBytes) {
      throw new RouterError('too-long', 'one page of results is too long: ask for fewer attributes');
    }
    parts.push(part);
  }
  const [only = Buffer.alloc(0)] = parts;
  const whole = parts.length <= 1 ? Buffer.from(only.buffer, only.byteOffset, only.byteLength) : Buffer.concat(parts, bytes);
  return whole.toString('utf8');
}

/** A body as it was made, where that was in this process: a stream costs more than what is in it. */
async function* bodyParts({ body }: Response): AsyncGenerator<Uint8Array, void, void> {
  // An answer without matches may have no body at all.
  const pieces = body === null ? undefined : piecesOf(body);
  try {
    for (let next = await pieces?.next(); next?.done === false; next = await pieces?.next()) {
      if (next.value instanceof Uint8Array) {
        yield next.value;
      } else {
        yield* next.value;
      }
    }
  } finally {
    await pieces?.return?.();
  }
}

function parsePage(text: string): readonly unknown[] {
  try {
    const page: unknown = text === '' ? [] : JSON.parse(text);
    if (Array.isArray(page)) {
      return page;
    }
  } catch (error) {
    throw new RouterError('archive', `the archive's answer cannot be read: ${messageOf(error)}`, { cause: error });
  }
  throw new RouterError('archive', "the archive's answer is no list");
}

function parseResult(result: unknown): DataSet {
  try {
    return parseDicomJson(result);
  } catch (error) {
    if (error instanceof DicomError) {
      throw new RouterError('archive', `the archive's answer cannot be read: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

/** Where the next page is: as the archive says (RFC 8288), or behind as many results as came when it only says that there are more. */
function nextUrl(response: Response, url: string, results: number): string | undefined {
  const link = /<([^>]+)>\s*;\s*rel="?next"?/.exec(response.headers.get('link') ?? '')?.[1];
  if (link !== undefined) {
    const { pathname, search } = new URL(link, new URL(url, 'http://archive'));
    return `${pathname}${search}`;
  }
  // PS3.18 8.3.4.4.
  if (results === 0 || !(response.headers.get('warning') ?? '').startsWith('299')) {
    return undefined;
  }
  const next = new URL(url, 'http://archive');
  next.searchParams.set('offset', String(Number(next.searchParams.get('offset') ?? 0) + results));
  return `${next.pathname}${next.search}`;
}
