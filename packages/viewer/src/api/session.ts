import { ApiError, type Client } from './client.ts';
import { list, number, object, oneOf, or, type Parse, text } from './json.ts';

export type Role = 'administrator' | 'radiographer' | 'doctor' | 'reader';

export const ROLES: readonly Role[] = ['administrator', 'radiographer', 'doctor', 'reader'];

/** What the signed-in person may do; words the server may add later are kept and ignored. */
export type Right = 'view' | 'upload' | 'edit' | 'delete' | 'share' | 'administer';

interface FacilityName {
  readonly id: string;
  readonly name: string;
}

export interface Session {
  readonly user: {
    readonly id: string;
    readonly username: string;
    readonly displayName: string;
    readonly role: Role | undefined;
  };
  readonly rights: readonly string[];
  readonly facilities: readonly FacilityName[];
  readonly version: string;
  /** What a modality is told about this server. */
  readonly dicom: OwnAe | undefined;
  /** The archive that this server is the gateway of a site to. */
  readonly centre: string | undefined;
}

export interface OwnAe {
  readonly aeTitle: string;
  /** The address that is listened at; `0.0.0.0` is any of the server's. */
  readonly host: string;
  readonly port: number;
  /** Where DICOM over TLS is spoken; undefined where it is not. */
  readonly tlsPort: number | undefined;
}

export const parseRole: Parse<Role> = oneOf(...ROLES);

const parseSession: Parse<Session> = object<Session>({
  user: object<Session['user']>({ id: text, username: text, displayName: or(text, ''), role: or(parseRole, undefined) }),
  rights: list(text),
  facilities: list(object<FacilityName>({ id: text, name: text })),
  version: or(text, ''),
  dicom: or(object<OwnAe>({ aeTitle: text, host: text, port: number, tlsPort: or(number, undefined) }), undefined),
  centre: or(text, undefined),
});

/** Set by the server together with the session, whose own cookie scripts cannot see. It holds no secret. */
const HINT = 'filmless-signed-in';

/** Where cookies are kept: the document. */
type CookieJar = Pick<Document, 'cookie'>;

/** Whether there was a session when the server last said so. */
export function seemsSignedIn(jar: CookieJar = document): boolean {
  return jar.cookie.split('; ').includes(`${HINT}=1`);
}

/** Who is signed in; undefined when nobody is. Not asked without the hint: a browser shows each 401 as an error. */
export async function readSession(client: Client, jar: CookieJar = document): Promise<Session | undefined> {
  if (!seemsSignedIn(jar)) {
    return undefined;
  }
  try {
    return await client.get('/api/session', parseSession);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      jar.cookie = `${HINT}=; path=/; max-age=0`;
      return undefined;
    }
    throw error;
  }
}

export function signIn(client: Client, username: string, password: string): Promise<void> {
  // The server compares its clock with those of the workstations.
  const headers = { 'Filmless-Client-Time': String(Date.now()) };
  return client.send('/api/session', { method: 'POST', body: { username, password }, headers });
}

export function signOut(client: Client): Promise<void> {
  return client.send('/api/session', { method: 'DELETE' });
}

export function setUp(client: Client, token: string, password: string): Promise<void> {
  return client.send('/api/setup', { method: 'POST', body: { token, password } });
}

export function changePassword(client: Client, current: string, next: string): Promise<void> {
  return client.send('/api/session/password', { method: 'PUT', body: { current, next } });
}
