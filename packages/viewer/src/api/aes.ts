import { type Client, pathOf } from './client.ts';
import { flag, list, listIn, number, object, oneOf, or, type Parse, text } from './json.ts';

export type AePermission = 'echo' | 'store' | 'query' | 'retrieve';

export const AE_PERMISSIONS: readonly AePermission[] = ['echo', 'store', 'query', 'retrieve'];

/** A machine that is known by name. */
export interface Ae {
  readonly title: string;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly may: readonly AePermission[];
  readonly facility: string;
}

/** What came of a C-ECHO; `detail` says what went wrong. */
export interface EchoResult {
  readonly ok: boolean;
  readonly milliseconds: number;
  readonly detail: string;
}

const parseAe: Parse<Ae> = object<Ae>({
  title: text,
  host: or(text, undefined),
  port: or(number, undefined),
  may: list(oneOf(...AE_PERMISSIONS)),
  facility: text,
});

const parseEcho: Parse<EchoResult> = object<EchoResult>({ ok: flag, milliseconds: or(number, 0), detail: or(text, '') });

export function readAes(client: Client, signal?: AbortSignal): Promise<readonly Ae[]> {
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

export function echoAe(client: Client, title: string): Promise<EchoResult> {
  return client.exchange(`${pathOf('api', 'aes', title)}/echo`, { method: 'POST' }, parseEcho);
}
