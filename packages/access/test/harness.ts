import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AccessOptions, type AccessPlace, type Bindings, createAccess, type Log, type OpenedAccess } from '../src/index.ts';

export const PASSWORD = 'sông Tiền mùa nước nổi';
export const ADMIN_TOKEN = 'a-token-for-scripts-0123456789';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly event: string;
}

export function memoryLog(): Log & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (fields: object, event: string) => {
    lines.push({ level, fields, event });
  };
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}

interface Call extends Partial<Bindings> {
  readonly method?: string;
  readonly json?: unknown;
  /** A body as it stands, in place of `json`. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookie?: string;
  readonly bearer?: string;
}

/** Where an access is kept that is empty; given a folder of its own. */
export type FreshPlace = (folder: string) => Promise<AccessPlace>;

export const onSqlite: FreshPlace = (folder) => Promise.resolve({ file: join(folder, 'access.db') });

/** An opened access in a folder of its own, with a clock the test moves. */
export class Harness implements AsyncDisposable {
  readonly folder: string;
  readonly place: AccessPlace;
  readonly log: ReturnType<typeof memoryLog>;
  access: OpenedAccess;
  now: number;

  private constructor(folder: string, place: AccessPlace, access: OpenedAccess, log: ReturnType<typeof memoryLog>) {
    this.folder = folder;
    this.place = place;
    this.access = access;
    this.log = log;
    this.now = START;
  }

  static async open(options: Partial<AccessOptions> = {}, fresh: FreshPlace = onSqlite): Promise<Harness> {
    const folder = await mkdtemp(join(tmpdir(), 'filmless-access-'));
    const place = await fresh(folder);
    const log = memoryLog();
    let harness: Harness | undefined;
    const clock = () => harness?.now ?? START;
    const access = await createAccess({
      place,
      version: '0.0.0',
      log,
      clock,
      adminPassword: PASSWORD,
      adminToken: ADMIN_TOKEN,
      facilities: [
        { id: 'main', name: 'Bệnh viện Đa khoa Sa Đéc', patientIdIssuer: 'SADEC' },
        { id: 'clinic', name: 'Phòng khám Lấp Vò', patientIdIssuer: 'LAPVO' },
      ],
      ...options,
    });
    harness = new Harness(folder, place, access, log);
    return harness;
  }

  pass(milliseconds: number): void {
    this.now += milliseconds;
  }

  /** Sends a request as the server would hand it on. */
  async call(path: string, call: Call = {}): Promise<Response> {
    const { method = 'GET', json, text, cookie, bearer, remoteAddress = '10.0.0.7', secure = false, caller } = call;
    const headers = new Headers({ host: 'pacs.local', ...call.headers });
    const body = text ?? (json === undefined ? null : JSON.stringify(json));
    if (body !== null) {
      headers.set('content-type', 'application/json');
    }
    if (cookie !== undefined) {
      headers.set('cookie', cookie);
    }
    if (bearer !== undefined) {
      headers.set('authorization', `Bearer ${bearer}`);
    }
    const env: Bindings = { remoteAddress, secure, ...(caller === undefined ? {} : { caller }) };
    return await this.access.app.request(path, { method, headers, body }, env);
  }

  /** Waits until what was noted in passing is written. */
  async settle(): Promise<void> {
    await this.access.audit({ action: 'test', outcome: 'success' });
  }

  /** Signs in; returns the cookie as a browser would send it back. */
  async signIn(username: string, password: string, more: Call = {}): Promise<string> {
    const response = await this.call('/api/session', { ...more, method: 'POST', json: { username, password } });
    if (response.status !== 204) {
      throw new Error(`sign-in answered ${response.status}: ${await response.text()}`);
    }
    return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  }

  async addUser(username: string, role: string, facilities: readonly string[] = ['main']): Promise<string> {
    const json = { username, displayName: username, role, facilities, password: PASSWORD };
    const response = await this.call('/api/users', { method: 'POST', json, bearer: ADMIN_TOKEN });
    const user: unknown = await response.json();
    if (response.status !== 201 || typeof user !== 'object' || user === null || !('id' in user)) {
      throw new Error(`adding a user answered ${response.status}: ${JSON.stringify(user)}`);
    }
    return String(user.id);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.access[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true });
  }
}

const START = Date.UTC(2026, 2, 1, 8, 0, 0);
