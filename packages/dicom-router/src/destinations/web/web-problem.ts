import { boundedText } from '@filmless/access';
import { RouterError } from '../../errors.ts';

/** Words of an answer are read to here. */
const MOST_WORDS_BYTES = 65_536;

const SECOND = 1000;

/**
 * An answer that says nothing of a single instance: why the server takes none at the moment, or never will as it is set up. Undefined
 * for all others.
 */
export async function serverProblem(response: Response, now: number, patienceMs: number): Promise<RouterError | undefined> {
  const { status } = response;
  switch (status) {
    case 401:
      return new RouterError(
        'unauthorized',
        `it does not take our credentials (401): ${await words(response, 'the token has expired, or is another')}. Enter a new token at the destination`,
        { retryAfterMs: patienceMs, finding: { cause: 'token-refused', facts: { status } } },
      );
    case 403:
      return new RouterError(
        'unauthorized',
        `we may not store there (403): ${await words(response, 'the token has not the right to')}. Let its administrator give the token the right to upload`,
        { retryAfterMs: patienceMs, finding: { cause: 'token-lacks-right', facts: { status } } },
      );
    case 404:
    case 405:
    case 410:
      await discard(response);
      return new RouterError('rejected', `it has no service there (${status}): check the address of the destination`, {
        finding: { cause: 'no-service-there', facts: { status } },
      });
    case 408:
    case 425:
    case 429:
    case 502:
    case 503:
    case 504:
    case 507:
      return new RouterError(
        'full',
        `it takes nothing at the moment (${status}): ${await words(response, 'it does not say why')}`,
        {
          retryAfterMs: retryAfterMs(response.headers.get('retry-after'), now),
          finding: { cause: 'receiver-full', facts: { status } },
        },
      );
    default:
      if (status >= 300 && status < 400) {
        await discard(response);
        const to = response.headers.get('location') ?? 'elsewhere';
        return new RouterError('rejected', `it sends us to ${to.slice(0, 200)} (${status}): enter the new address`, {
          finding: { cause: 'no-service-there', facts: { status } },
        });
      }
      return undefined;
  }
}

/** Seconds or a date. RFC 9110 10.2.3. */
function retryAfterMs(text: string | null, now: number): number | undefined {
  if (text === null) {
    return undefined;
  }
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) * SECOND : Date.parse(text) - now;
  return Number.isFinite(seconds) && seconds > 0 ? seconds : undefined;
}

/** What the answer says in words: the detail of a problem, or its text; never much. */
export async function words(response: Response, otherwise: string): Promise<string> {
  const text = await bodyText(response, MOST_WORDS_BYTES).catch(() => '');
  const type = response.headers.get('content-type') ?? '';
  const said = /json/.test(type) ? detailOf(text) : /^text\/plain/.test(type) ? text : '';
  const line = said
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 300);
  return line === '' ? otherwise : line.replace(/\.$/, '');
}

function detailOf(text: string): string {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed !== 'object' || parsed === null) {
      return '';
    }
    // RFC 9457; Orthanc's own errors.
    const { detail, title, Message, Details } = parsed as Record<string, unknown>;
    return [detail, title, Details, Message].find((field) => typeof field === 'string' && field !== '')?.toString() ?? '';
  } catch {
    return '';
  }
}

/** @throws RouterError `too-long` */
export async function bodyText(response: Response, most: number): Promise<string> {
  return await boundedText(response, most, () => new RouterError('too-long', `its answer is longer than ${most} bytes`));
}

export async function discard(response: Response): Promise<void> {
  await response.body?.cancel().catch(() => undefined);
}
