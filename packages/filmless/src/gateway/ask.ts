import { boundedText } from '@filmless/access';

/** What is asked beside a path. */
interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** Asks one of the two archives: a path with its query. Throws when it cannot be reached. */
export type Ask = (path: string, asked?: Asked) => Promise<Response>;

/** The centre did not answer, or not as it should: to be tried again. */
export class AwayError extends Error {
  override readonly name = 'AwayError';
}

/** Bytes of an answer in JSON that are read: a page of orders has some hundred kilobytes. */
const ANSWER_BYTES = 16_777_216;

/**
 * The answer's body as JSON.
 * @throws AwayError for another status than `expected`, a body that is no JSON or has no end
 */
export async function jsonOf(response: Response, expected: number, what: string): Promise<unknown> {
  if (response.status !== expected) {
    await response.body?.cancel();
    throw new AwayError(`${what}: answered ${response.status}${hint(response.status)}`);
  }
  const tooLong = () => new AwayError(`${what}: the answer has more than ${ANSWER_BYTES} bytes`);
  const text = await boundedText(response, ANSWER_BYTES, tooLong);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new AwayError(`${what}: the answer is no JSON`, { cause: error });
  }
}

/** What an operator does about it. */
function hint(status: number): string {
  switch (status) {
    case 401:
      return ' (the token is not known there: FILMLESS_ARCHIVE_TOKEN)';
    case 403:
      return ' (the token lacks a right there: it needs view, upload and relay for this facility)';
    case 404:
      return ' (is it the base URL of a Filmless: --archive?)';
    default:
      return '';
  }
}
