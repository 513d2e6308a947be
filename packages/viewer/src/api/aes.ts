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

/** What a modality is told about this server. */
export interface OwnAe {
  readonly aeTitle: string;
  readonly host: string;
  readonly port: number;
}

export interface AeList {
  readonly aes: readonly Ae[];
  readonly own: OwnAe | undefined;
}

const parseAe: Parse<Ae> = object<Ae>({
  title: text,
  host: or(text, undefined),
  port: or(number, undefined),
  may: list(oneOf(...AE_PERMISSIONS)),
  facility: text,
});

const parseOwn: Parse<{ readonly own: OwnAe | undefined }> = object<{ readonly own: OwnAe | undefined }>({
  own: or(object<OwnAe>({ aeTitle: text, host: text, port: number }), undefined),
});

const parseEcho: Parse<EchoResult> = object<EchoResult>({ ok: flag, milliseconds: or(number, 0), detail: or(text, '') });

const parseAes: Parse<AeList> = (value, path) => ({ aes: listIn('aes', parseAe)(value, path), own: parseOwn(value, path).own });

export function readAes(client: Client, signal?: AbortSignal): Promise<AeList> {
  return client.get('/api/aes', parseAes, signal);
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
