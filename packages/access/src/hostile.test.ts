import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, Harness, PASSWORD } from '../test/harness.ts';

const basic = (name: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
});

describe('access, under attack', () => {
  let h: Harness;

  beforeAll(async () => {
    h = await Harness.open();
    await h.addUser('an', 'doctor');
  });

  afterAll(async () => {
    await h[Symbol.asyncDispose]();
  });

  it('takes no forged cookie, whatever stands in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.stringMatching(/^[\x21-\x7e]{0,200}$/), fc.base64String({ minLength: 43, maxLength: 44 })),
        async (value) => {
          const response = await h.call('/api/session', { cookie: `filmless=${value}`, remoteAddress: '10.9.0.1' });
          expect(response.status).toBe(401);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('takes no Authorization header it did not give out, and never fails at one', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.stringMatching(/^[\x20-\x7e]{0,300}$/),
        fc.constantFrom('', 'Bearer ', 'Basic ', 'bearer  '),
        async (text, scheme) => {
          h.pass(3_600_000);
          const response = await h.call('/api/session', { headers: { authorization: scheme + text }, remoteAddress: '10.9.0.2' });
          expect(response.status).toBe(401);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('slows the guessing of tokens, but never who holds a valid one', async () => {
    const statuses: number[] = [];
    for (let round = 0; round < 80; round += 1) {
      const response = await h.call('/api/session', {
        bearer: `flm_${String(round).padEnd(43, 'x')}`,
        remoteAddress: '10.9.0.3',
      });
      statuses.push(response.status);
      if (response.status === 429) {
        expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
      }
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(60);
    expect(statuses.at(-1)).toBe(429);
    expect((await h.call('/api/session', { bearer: ADMIN_TOKEN, remoteAddress: '10.9.0.3' })).status).toBe(200);
  });

  it('slows the guessing of a password: 429 with a time, also for the right one', async () => {
    const attempt = (password: string) =>
      h.call('/api/session', { method: 'POST', json: { username: 'an', password }, remoteAddress: '10.9.0.4' });
    const first = await Promise.all(Array.from({ length: 20 }, (_, round) => attempt(`guess number ${round}`)));
    expect(first.filter(({ status }) => status === 401)).toHaveLength(5);
    const right = await attempt(PASSWORD);
    expect(right.status).toBe(429);
    h.pass(Number(right.headers.get('retry-after')) * 1000);
    expect((await attempt(PASSWORD)).status).toBe(204);
  });

  it('asks argon2 once for a tool that opens many connections with Basic', async () => {
    const headers = basic('an', PASSWORD);
    const many = await Promise.all(
      Array.from({ length: 30 }, () => h.call('/api/session', { headers, remoteAddress: '10.9.0.5' })),
    );
    expect(many.map(({ status }) => status)).toEqual(Array<number>(30).fill(200));
    const start = performance.now();
    for (let round = 0; round < 20; round += 1) {
      await h.call('/api/session', { headers, remoteAddress: '10.9.0.5' });
    }
    // 20 times argon2 would be some 600 ms.
    expect(performance.now() - start).toBeLessThan(400);
  });

  it('counts what such a tool opens at once as one attempt, and a wrong password as one too', async () => {
    const basic = (password: string) => ({ authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` });
    const burst = (password: string) =>
      Promise.all(Array.from({ length: 12 }, () => h.call('/api/session', { headers: basic(password) })));
    expect(new Set((await burst('wrong')).map(({ status }) => status))).toEqual(new Set([401]));
    expect(new Set((await burst(PASSWORD)).map(({ status }) => status))).toEqual(new Set([200]));
    // Different passwords at once are different guesses.
    const guesses = Array.from({ length: 12 }, (_, n) => h.call('/api/session', { headers: basic(`guess ${n}`) }));
    expect((await Promise.all(guesses)).filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(6);
  });

  it('does not let a Basic password outlive its change', async () => {
    const id = await h.addUser('binh', 'doctor');
    const headers = basic('binh', PASSWORD);
    expect((await h.call('/api/session', { headers })).status).toBe(200);
    const json = { username: 'binh', displayName: 'Bình', role: 'doctor', facilities: ['main'], password: 'mười hai con giáp' };
    await h.call(`/api/users/${id}`, { method: 'PUT', json, bearer: ADMIN_TOKEN });
    expect((await h.call('/api/session', { headers })).status).toBe(401);
    expect((await h.call('/api/session', { headers: basic('binh', 'mười hai con giáp') })).status).toBe(200);
  });

  it('takes no change from another site that rides on a session', async () => {
    const cookie = await h.signIn('admin', PASSWORD);
    const json = { id: 'evil', name: 'Evil', patientIdIssuer: 'E' };
    const post = (headers: Readonly<Record<string, string>>) =>
      h.call('/api/facilities', { method: 'POST', json, cookie, headers });
    expect((await post({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await post({ origin: 'http://evil.example' })).status).toBe(403);
    const form = await h.access.app.request(
      '/api/facilities',
      { method: 'POST', headers: { cookie, 'content-type': 'text/plain' }, body: JSON.stringify(json) },
      { remoteAddress: '10.0.0.7', secure: false },
    );
    expect(form.status).toBe(403);
    expect(h.access.facilities().some(({ id }) => id === 'evil')).toBe(false);
  });

  it('signs nobody in from another site', async () => {
    const json = { username: 'admin', password: PASSWORD };
    const response = await h.call('/api/session', { method: 'POST', json, headers: { 'sec-fetch-site': 'cross-site' } });
    expect(response.status).toBe(403);
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  it('offers no Basic window to a browser, but tells a tool', async () => {
    const browser = await h.call('/api/session', { headers: { 'user-agent': 'Mozilla/5.0' } });
    expect(browser.headers.get('www-authenticate')).toBe('Bearer realm="Filmless"');
    const tool = await h.call('/api/session', { headers: { 'user-agent': 'curl/8' } });
    expect(tool.headers.get('www-authenticate')).toContain('Basic realm="Filmless"');
  });

  it('reads no body beyond 64 KiB', async () => {
    const json = { username: 'x'.repeat(100_000), password: 'x' };
    expect((await h.call('/api/session', { method: 'POST', json })).status).toBe(413);
  });

  it('answers a broken body as a problem without a stack', async () => {
    const response = await h.access.app.request(
      '/api/session',
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"username":' },
      { remoteAddress: '10.0.0.7', secure: false },
    );
    expect(response.status).toBe(400);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.text()).not.toContain('at ');
  });

  it('keeps at most twenty sessions of a person', async () => {
    await h.addUser('cuc', 'reader');
    const cookies: string[] = [];
    for (let round = 0; round < 22; round += 1) {
      h.pass(1000);
      cookies.push(await h.signIn('cuc', PASSWORD));
    }
    const statuses = await Promise.all(cookies.map(async (cookie) => (await h.call('/api/session', { cookie })).status));
    expect(statuses.slice(0, 2)).toEqual([401, 401]);
    expect(new Set(statuses.slice(2))).toEqual(new Set([200]));
  });

  it('stores no password, session or token as it is', async () => {
    const { readFile } = await import('node:fs/promises');
    const cookie = await h.signIn('admin', PASSWORD);
    const json = { name: 'stored', role: 'reader', facilities: 'all' };
    const made = await h.call('/api/tokens', { method: 'POST', json, bearer: ADMIN_TOKEN });
    const { token } = (await made.json()) as { readonly token: string };
    const file = join(h.folder, 'access.db');
    const bytes = Buffer.concat([await readFile(file), await readFile(`${file}-wal`)]);
    expect(bytes.includes('cuc')).toBe(true);
    for (const secret of [PASSWORD, cookie.split('=')[1] ?? 'none', token]) {
      expect(bytes.includes(secret)).toBe(false);
    }
  });

  it('puts sign-ins and refusals on the trail, without what was typed for a name nobody has', async () => {
    const typed = 'mật khẩu gõ nhầm ô';
    await h.call('/api/session', { method: 'POST', json: { username: typed, password: 'x' }, remoteAddress: '10.9.0.6' });
    const cookie = await h.signIn('an', PASSWORD, { remoteAddress: '10.9.0.7' });
    await h.call('/api/users', { cookie, remoteAddress: '10.9.0.7' });
    const response = await h.call('/api/audit?limit=3', { bearer: ADMIN_TOKEN });
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({
      lines: [
        { action: 'request', outcome: 'refused', subject: { name: 'an' }, detail: 'GET /api/users', address: '10.9.0.7' },
        { action: 'signin', outcome: 'success', subject: { name: 'an' } },
        { action: 'signin', outcome: 'refused', subject: null, detail: 'no such user' },
      ],
    });
    expect(text).not.toContain(typed);
  });

  it('pages the trail by key and finds by study, subject and time', async () => {
    const subject = { kind: 'user', id: 'u1', name: 'viewer', rights: new Set(['view'] as const), facilities: 'all' } as const;
    for (let study = 0; study < 5; study += 1) {
      h.access.auditView(subject, `1.2.${study}`, 'main', '10.0.0.9');
    }
    const get = async (query: string) =>
      (await (await h.call(`/api/audit?${query}`, { bearer: ADMIN_TOKEN })).json()) as {
        readonly lines: readonly { readonly studyInstanceUid: string }[];
        readonly next: string | null;
      };
    const first = await get('subject=viewer&limit=3');
    expect(first.lines.map(({ studyInstanceUid }) => studyInstanceUid)).toEqual(['1.2.4', '1.2.3', '1.2.2']);
    const second = await get(`subject=u1&limit=3&after=${first.next}`);
    expect(second.lines.map(({ studyInstanceUid }) => studyInstanceUid)).toEqual(['1.2.1', '1.2.0']);
    expect(second.next).toBeNull();
    expect((await get('study=1.2.3')).lines).toHaveLength(1);
    expect((await get(`subject=viewer&from=${new Date(h.now + 1).toISOString()}`)).lines).toHaveLength(0);
    expect((await h.call('/api/audit?limit=0', { bearer: ADMIN_TOKEN })).status).toBe(400);
  });
});
