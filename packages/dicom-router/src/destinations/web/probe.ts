import { RouterError } from '../../errors.ts';
import type { RouterLimits } from '../../limits.ts';
import type { WebDestination } from '../../routing/destination.ts';
import type { TlsKeeper } from '../tls-keeper.ts';
import { type HttpClient, openHttpClient } from './http-client.ts';
import { bodyText, discard, serverProblem } from './web-problem.ts';

export interface ProbeOptions {
  readonly limits: RouterLimits;
  readonly tls: TlsKeeper;
}

/** A session's answer is short. */
const MOST_ANSWER_BYTES = 1_048_576;

/** Statuses of a server that cannot be asked, and so may still take what is stored there: STOW-RS does not need QIDO-RS. */
const CANNOT_BE_ASKED: ReadonlySet<number> = new Set([400, 405, 406, 501]);

/**
 * Asks a web server whether it would take images, without sending any. Gives what it answered.
 * @throws RouterError that says why it would not
 */
export async function probeWeb(options: ProbeOptions, destination: WebDestination, signal: AbortSignal): Promise<string> {
  const { kind, url, tls, authorities, relay = false, secret: { token, cert, key } = {} } = destination;
  using client = openHttpClient({
    url,
    token,
    tls,
    authorities,
    identity: cert === undefined || key === undefined ? undefined : { cert, key },
    tlsKeeper: options.tls,
    limits: options.limits,
  });
  return kind === 'filmless' ? await askSession(client, relay, signal) : await askService(client, signal);
}

/** Who we are to another Filmless, and whether that may store. */
async function askSession(client: HttpClient, relay: boolean, signal: AbortSignal): Promise<string> {
  const response = await client.fetch('/api/session', { headers: { accept: 'application/json' }, signal });
  await refuse(response);
  const rights = rightsOf(await bodyText(response, MOST_ANSWER_BYTES));
  if (rights === undefined) {
    throw new RouterError('rejected', 'there is a web server, but it is no Filmless: check the address', {
      finding: { cause: 'no-service-there', facts: { status: response.status } },
    });
  }
  const lacking = ['upload', ...(relay ? ['relay'] : [])].filter((right) => !rights.includes(right));
  if (lacking.length > 0) {
    throw new RouterError('unauthorized', `the key has not the right to ${lacking.join(' and ')}`, {
      finding: { cause: 'token-lacks-right', facts: { status: response.status } },
    });
  }
  return String(response.status);
}

function rightsOf(text: string): readonly unknown[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    const rights = typeof parsed === 'object' && parsed !== null && 'rights' in parsed ? parsed.rights : undefined;
    return Array.isArray(rights) ? rights : undefined;
  } catch {
    return undefined;
  }
}

/** Searches for one study: that shows the address and the token. PS3.18 10.6. */
async function askService(client: HttpClient, signal: AbortSignal): Promise<string> {
  const response = await client.fetch('/studies?limit=1', { headers: { accept: 'application/dicom+json' }, signal });
  if (!CANNOT_BE_ASKED.has(response.status)) {
    await refuse(response);
  }
  await discard(response);
  return String(response.status);
}

/** @throws RouterError for every answer but a good one */
async function refuse(response: Response): Promise<void> {
  const problem = await serverProblem(response, Date.now(), 0);
  if (problem !== undefined) {
    throw problem;
  }
  if (!response.ok) {
    await discard(response);
    throw new RouterError('rejected', `it answered with status ${response.status}`, {
      finding: { cause: 'receiver-fails', facts: { status: response.status } },
    });
  }
}
