import { parseOutcome } from './associations.ts';
import { type Client, pathOf } from './client.ts';
import type { TestOutcome } from './diagnosis.ts';
import { flag, list, listIn, number, object, oneOf, or, type Parse, text } from './json.ts';

export type AePermission = 'echo' | 'store' | 'query' | 'retrieve';

export const AE_PERMISSIONS: readonly AePermission[] = ['echo', 'store', 'query', 'retrieve'];

/** `true`: its certificate must be vouched for by an authority. With a fingerprint: that certificate and no other. */
export type TlsSetting = boolean | { readonly fingerprint?: string | undefined; readonly name?: string | undefined };

export type OnConflict = 'ask' | 'keepFirst' | 'keepLast';

export const ON_CONFLICT: readonly OnConflict[] = ['ask', 'keepFirst', 'keepLast'];

/** What of the worklist a machine is shown; what is not set limits nothing. */
interface WorklistLimits {
  readonly modalities?: readonly string[] | undefined;
  readonly rooms?: readonly string[] | undefined;
  /** Days before and after today; 0 is today alone. */
  readonly days?: number | undefined;
}

/** A machine that is known by name. */
export interface Ae {
  readonly title: string;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly may: readonly AePermission[];
  readonly facility: string;
  readonly tls: TlsSetting | undefined;
  /** What its texts are read in, whatever it says of them. */
  readonly charsetIn: string | undefined;
  readonly asciiNames: boolean | undefined;
  readonly onConflict: OnConflict | undefined;
  readonly worklist: WorklistLimits | undefined;
  /** Nobody is told when it falls silent. */
  readonly quiet: boolean | undefined;
  /** The last of a nearly full disk is kept for machines like this one. */
  readonly urgent: boolean | undefined;
}

/** Since when a machine is silent that usually calls, and for how many hours of those. */
interface Silence {
  readonly since: string;
  readonly hours: number;
}

/** A machine with what was seen of it. */
export interface ListedAe extends Ae {
  readonly lastSeen: string | null;
  readonly silent: Silence | null;
}

const parseTlsDetails: Parse<TlsSetting> = object<{
  readonly fingerprint: string | undefined;
  readonly name: string | undefined;
}>({
  fingerprint: or(text, undefined),
  name: or(text, undefined),
});

export const parseTls: Parse<TlsSetting> = (value, path) => (typeof value === 'boolean' ? value : parseTlsDetails(value, path));

const parseAe: Parse<ListedAe> = object<ListedAe>({
  title: text,
  host: or(text, undefined),
  port: or(number, undefined),
  may: list(oneOf(...AE_PERMISSIONS)),
  facility: text,
  tls: or(parseTls, undefined),
  charsetIn: or(text, undefined),
  asciiNames: or(flag, undefined),
  onConflict: or(oneOf(...ON_CONFLICT), undefined),
  worklist: or(
    object<WorklistLimits>({
      modalities: or(list(text), undefined),
      rooms: or(list(text), undefined),
      days: or(number, undefined),
    }),
    undefined,
  ),
  quiet: or(flag, undefined),
  urgent: or(flag, undefined),
  lastSeen: or(text, null),
  silent: or(object<Silence>({ since: text, hours: number }), null),
});

export function readAes(client: Client, signal?: AbortSignal): Promise<readonly ListedAe[]> {
  return client.get('/api/aes', listIn('aes', parseAe), signal);
}

export function addAe(client: Client, ae: Ae): Promise<void> {
  return client.send('/api/aes', { method: 'POST', body: ae });
}

export function changeAe(client: Client, { title, ...change }: Ae): Promise<void> {
  return client.send(pathOf('api', 'aes', title), { method: 'PUT', body: change });
}

export function deleteAe(client: Client, title: string): Promise<void> {
  return client.send(pathOf('api', 'aes', title), { method: 'DELETE' });
}

/** `echo` asks whether it is there; `test-image` sends an image that is nobody's. */
export type AeTest = 'echo' | 'test-image';

export function testAe(client: Client, title: string, test: AeTest): Promise<TestOutcome> {
  return client.exchange(`${pathOf('api', 'aes', title)}/${test}`, { method: 'POST' }, parseOutcome);
}
