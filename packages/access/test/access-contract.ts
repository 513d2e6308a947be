import { DatabaseError, openPostgres, openSqlite } from '@filmless/database';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AccessPlace, createAccess, createApi, resetAdmin, routeGuards } from '../src/index.ts';
import { ADMIN_TOKEN, type FreshPlace, Harness, PASSWORD } from './harness.ts';
import type { procedures as tampering } from './tampering-schema.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What access does, whatever keeps its accounts, sessions, tokens, facilities and trail. */
export function accessContract(name: string, fresh: FreshPlace): void {
  describe(`access on ${name}`, () => {
    let h: Harness;

    beforeEach(async () => {
      h = await Harness.open({}, fresh);
    });

    afterEach(async () => {
      await h[Symbol.asyncDispose]();
    });

    it('guards every route it serves', () => {
      const routes = routeGuards(h.access.app);
      expect(routes.length).toBeGreaterThan(15);
      expect(routes.filter(({ guard }) => guard === undefined)).toEqual([]);
      const open = routes.filter(({ guard }) => guard?.kind === 'open').map(({ method, path }) => `${method} ${path}`);
      expect(open).toEqual(['POST /api/session', 'POST /api/setup']);
    });

    it('says who one is after signing in', async () => {
      const cookie = await h.signIn('ADMIN ', PASSWORD);
      const response = await h.call('/api/session', { cookie });
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({
        user: { username: 'admin', displayName: 'Administrator', role: 'administrator' },
        rights: ['view', 'upload', 'edit', 'delete', 'share', 'administer'],
        facilities: [{ id: 'clinic' }, { id: 'main', name: 'Bệnh viện Đa khoa Sa Đéc' }],
        version: '0.0.0',
      });
    });

    it('takes a password however its letters are composed', async () => {
      await expect(h.signIn('admin', PASSWORD.normalize('NFD'))).resolves.toMatch(/^filmless=/);
    });

    it('tells its host when somebody may see less, so that open streams end; not when somebody signs out', async () => {
      let told = 0;
      await using own = await Harness.open({ onRightsChanged: () => (told += 1) }, fresh);
      const id = await own.addUser('an', 'doctor');
      await own.call('/api/session', { method: 'DELETE', cookie: await own.signIn('an', PASSWORD) });
      expect(told).toBe(0);
      const json = { username: 'an', displayName: 'An', role: 'doctor', facilities: ['clinic'] };
      await own.call(`/api/users/${id}`, { method: 'PUT', json, bearer: ADMIN_TOKEN });
      expect(told).toBe(1);
      await own.call(`/api/users/${id}`, { method: 'DELETE', bearer: ADMIN_TOKEN });
      expect(told).toBe(2);
    });

    it('ends what a session or token has open when it ends, and nothing else', async () => {
      const ended: string[] = [];
      const app = createApi(h.log).get('/open/:name', h.access.guard('view'), (c) => {
        h.access.whileHeld(c, () => ended.push(c.req.param('name')));
        return c.body(null, 204);
      });
      const open = async (name: string, headers: Readonly<Record<string, string>>) =>
        expect((await app.request(`/open/${name}`, { headers }, { remoteAddress: '10.0.0.7', secure: false })).status).toBe(204);
      const leaves = async () => h.call('/api/session', { method: 'DELETE', cookie: await h.signIn('admin', PASSWORD) });
      const id = await h.addUser('an', 'doctor');
      const token = { name: 'CAD', rights: ['view'], facilities: 'all', expiresAt: new Date(h.now + 2 * HOUR).toISOString() };
      const made = await h.call('/api/tokens', { method: 'POST', json: token, bearer: ADMIN_TOKEN });
      const bearer = ((await made.json()) as { readonly token: string }).token;
      const [first, second] = [await h.signIn('an', PASSWORD), await h.signIn('an', PASSWORD)];
      await open('first', { cookie: first });
      await open('second', { cookie: second });
      await open('token', { authorization: `Bearer ${bearer}` });
      await open('for good', { authorization: `Bearer ${ADMIN_TOKEN}` });
      await open('password', { authorization: `Basic ${Buffer.from(`an:${PASSWORD}`).toString('base64')}` });
      await h.call('/api/session', { method: 'DELETE', cookie: first });
      await expect.poll(() => ended).toEqual(['first']);
      // Nobody used it for longer than a session lives.
      h.pass(HOUR + MINUTE);
      await leaves();
      await expect.poll(() => ended).toEqual(['first', 'second']);
      h.pass(HOUR);
      await leaves();
      await expect.poll(() => ended).toEqual(['first', 'second', 'token']);
      await open('disabled', { cookie: await h.signIn('an', PASSWORD) });
      const json = { username: 'an', displayName: 'An', role: 'doctor', facilities: ['main'], disabled: true };
      expect((await h.call(`/api/users/${id}`, { method: 'PUT', json, bearer: ADMIN_TOKEN })).status).toBeLessThan(300);
      await leaves();
      await expect.poll(() => ended).toEqual(['first', 'second', 'token', 'disabled']);
    });

    it('keeps the cookie from scripts and, over TLS, from every other host', async () => {
      const json = { username: 'admin', password: PASSWORD };
      const plain = await h.call('/api/session', { method: 'POST', json });
      const [session, hint] = plain.headers.getSetCookie();
      expect(session).toMatch(/^filmless=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
      // The page learns that there is a session, and nothing of it.
      expect(hint).toBe('filmless-signed-in=1; Path=/; SameSite=Lax');
      const secure = await h.call('/api/session', { method: 'POST', json, secure: true });
      expect(secure.headers.getSetCookie()[0]).toMatch(/^__Host-filmless=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    });

    it('takes no cookie over TLS that was set without', async () => {
      const cookie = await h.signIn('admin', PASSWORD);
      expect((await h.call('/api/session', { cookie, secure: true })).status).toBe(401);
    });

    it('answers a wrong password and an unknown user alike', async () => {
      const wrong = await h.call('/api/session', { method: 'POST', json: { username: 'admin', password: 'x' } });
      const unknown = await h.call('/api/session', { method: 'POST', json: { username: 'nobody', password: 'x' } });
      expect([wrong.status, unknown.status]).toEqual([401, 401]);
      expect(await wrong.json()).toEqual(await unknown.json());
    });

    it('signs in for other protocols by the same rules: attempts are counted together, refusals stand in the trail', async () => {
      await expect(h.access.signIn('ADMIN', PASSWORD, '10.0.0.1')).resolves.toMatchObject({ kind: 'user', name: 'admin' });
      await expect(h.access.signIn('admin', 'x', '10.0.0.9')).rejects.toMatchObject({ code: 'invalid-credentials' });
      let last: unknown;
      for (let count = 0; count < 20; count += 1) {
        last = await h.access.signIn('admin', `wrong ${count}`, '10.0.0.9').catch((error: unknown) => error);
      }
      expect(last).toMatchObject({ code: 'too-many-attempts' });
      const json = { username: 'admin', password: 'also wrong' };
      const page = await h.call('/api/session', { method: 'POST', json, remoteAddress: '10.0.0.9' });
      expect(page.status).toBe(429);
      const trail = await (await h.call('/api/audit?action=signin', { bearer: ADMIN_TOKEN })).text();
      expect(trail).toContain('"address":"10.0.0.9"');
    });

    it('ends a session that nobody used for an hour', async () => {
      const cookie = await h.signIn('admin', PASSWORD);
      h.pass(59 * MINUTE);
      expect((await h.call('/api/session', { cookie })).status).toBe(200);
      await h.settle();
      h.pass(59 * MINUTE);
      expect((await h.call('/api/session', { cookie })).status).toBe(200);
      h.pass(61 * MINUTE);
      expect((await h.call('/api/session', { cookie })).status).toBe(401);
    });

    it('ends a session after twelve hours however busy', async () => {
      const cookie = await h.signIn('admin', PASSWORD);
      for (let passed = 0; passed < 12 * 60; passed += 30) {
        expect((await h.call('/api/session', { cookie })).status).toBe(200);
        await h.settle();
        h.pass(30 * MINUTE);
      }
      h.pass(1);
      expect((await h.call('/api/session', { cookie })).status).toBe(401);
    });

    it('ends the session at signing out, at once', async () => {
      const cookie = await h.signIn('admin', PASSWORD);
      expect((await h.call('/api/session', { cookie })).status).toBe(200);
      const out = await h.call('/api/session', { method: 'DELETE', cookie });
      expect(out.status).toBe(204);
      expect(out.headers.getSetCookie()).toEqual([
        expect.stringMatching(/^filmless=; Max-Age=0/),
        expect.stringMatching(/^filmless-signed-in=; Max-Age=0/),
      ]);
      expect((await h.call('/api/session', { cookie })).status).toBe(401);
    });

    it('lets a person change their password, and ends their other sessions', async () => {
      await h.addUser('an', 'doctor');
      const one = await h.signIn('an', PASSWORD);
      const other = await h.signIn('an', PASSWORD);
      const next = 'ba con vịt bơi ngược dòng';
      const change = (current: string) =>
        h.call('/api/session/password', { method: 'PUT', cookie: one, json: { current, next } });
      expect((await change('not this one')).status).toBe(422);
      expect((await change(PASSWORD)).status).toBe(204);
      expect((await h.call('/api/session', { cookie: one })).status).toBe(200);
      expect((await h.call('/api/session', { cookie: other })).status).toBe(401);
      await expect(h.signIn('an', next)).resolves.toBeTruthy();
    });

    it('refuses a weak password in words', async () => {
      const json = { username: 'an', displayName: 'An', role: 'doctor', facilities: ['main'], password: 'short' };
      const response = await h.call('/api/users', { method: 'POST', json, bearer: ADMIN_TOKEN });
      expect(response.status).toBe(422);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      expect(await response.json()).toEqual({
        title: 'Password refused',
        status: 422,
        detail: 'The password needs at least 12 characters.',
      });
    });

    it('gives each role the rights of the table and no more', async () => {
      await h.addUser('an', 'doctor');
      const cookie = await h.signIn('an', PASSWORD);
      expect(await (await h.call('/api/session', { cookie })).json()).toMatchObject({
        rights: ['view', 'upload', 'share'],
        facilities: [{ id: 'main' }],
      });
      const users = await h.call('/api/users', { cookie });
      expect(users.status).toBe(403);
      expect((await h.call('/api/facilities', { cookie })).status).toBe(200);
    });

    it('takes rights away at once, in running sessions too', async () => {
      const id = await h.addUser('an', 'administrator', []);
      const cookie = await h.signIn('an', PASSWORD);
      expect((await h.call('/api/users', { cookie })).status).toBe(200);
      const json = { username: 'an', displayName: 'An', role: 'reader', facilities: ['main'] };
      expect((await h.call(`/api/users/${id}`, { method: 'PUT', json, bearer: ADMIN_TOKEN })).status).toBe(200);
      expect((await h.call('/api/users', { cookie })).status).toBe(401);
    });

    it('keeps a disabled user out by every door', async () => {
      const id = await h.addUser('an', 'doctor');
      const basic = { authorization: `Basic ${Buffer.from(`an:${PASSWORD}`).toString('base64')}` };
      const cookie = await h.signIn('an', PASSWORD);
      expect((await h.call('/api/session', { headers: basic })).status).toBe(200);
      const json = { username: 'an', displayName: 'An', role: 'doctor', facilities: ['main'], disabled: true };
      await h.call(`/api/users/${id}`, { method: 'PUT', json, bearer: ADMIN_TOKEN });
      expect((await h.call('/api/session', { cookie })).status).toBe(401);
      expect((await h.call('/api/session', { headers: basic })).status).toBe(401);
      await expect(h.signIn('an', PASSWORD)).rejects.toThrow('401');
    });

    it('never loses its last administrator', async () => {
      const users = await h.call('/api/users', { bearer: ADMIN_TOKEN });
      const { users: list } = (await users.json()) as { readonly users: readonly { readonly id: string }[] };
      const admin = `/api/users/${list[0]?.id}`;
      const fields = { username: 'admin', displayName: 'Administrator', facilities: ['main'] };
      const put = (json: object) => h.call(admin, { method: 'PUT', json, bearer: ADMIN_TOKEN });
      expect((await h.call(admin, { method: 'DELETE', bearer: ADMIN_TOKEN })).status).toBe(409);
      expect((await put({ ...fields, role: 'doctor' })).status).toBe(409);
      expect((await put({ ...fields, role: 'administrator', disabled: true })).status).toBe(409);
      await h.addUser('second', 'administrator', []);
      expect((await h.call(admin, { method: 'DELETE', bearer: ADMIN_TOKEN })).status).toBe(204);
    });

    it('refuses a user name that is taken, in whatever case', async () => {
      await h.addUser('an', 'doctor');
      await expect(h.addUser('AN', 'doctor')).rejects.toThrow('409');
    });

    it('refuses a doctor without a facility, and a facility that does not exist', async () => {
      await expect(h.addUser('an', 'doctor', [])).rejects.toThrow('belongs to one facility');
      await expect(h.addUser('an', 'doctor', ['elsewhere'])).rejects.toThrow('does not exist');
    });

    it('names the field that does not fit', async () => {
      const response = await h.call('/api/users', { method: 'POST', json: { username: 'a b' }, bearer: ADMIN_TOKEN });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain('username: letters, digits');
    });

    it('makes, uses and revokes a token', async () => {
      const json = { name: 'gateway', rights: ['upload', 'relay'], facilities: ['clinic'] };
      const made = await h.call('/api/tokens', { method: 'POST', json, bearer: ADMIN_TOKEN });
      expect(made.status).toBe(201);
      const { id, token } = (await made.json()) as { readonly id: string; readonly token: string };
      expect(token).toMatch(/^flm_[\w-]{43}$/);
      expect(await (await h.call('/api/session', { bearer: token })).json()).toMatchObject({
        user: { username: 'gateway', role: null },
        rights: ['upload', 'relay'],
        facilities: [{ id: 'clinic' }],
      });
      expect((await h.call('/api/users', { bearer: token })).status).toBe(403);
      expect(await (await h.call('/api/tokens', { bearer: ADMIN_TOKEN })).text()).not.toContain(token);
      expect((await h.call(`/api/tokens/${id}`, { method: 'DELETE', bearer: ADMIN_TOKEN })).status).toBe(204);
      expect((await h.call('/api/session', { bearer: token })).status).toBe(401);
    });

    it.each([
      [{ name: 't', role: 'administrator', facilities: ['main'] }, 'reaches "all"'],
      [{ name: 't', role: 'reader', rights: ['view'], facilities: 'all' }, 'either a role or a list'],
      [{ name: 't', rights: [], facilities: 'all' }, 'without any right'],
      [{ name: 't', role: 'reader', facilities: ['elsewhere'] }, 'does not exist'],
      [{ name: 't', role: 'reader', facilities: 'all', expiresAt: '2026-01-01T00:00:00Z' }, 'in the past'],
    ])('refuses the token %j', async (json, why) => {
      const response = await h.call('/api/tokens', { method: 'POST', json, bearer: ADMIN_TOKEN });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain(why.replaceAll('"', '\\"'));
    });

    it('ends a token at its time', async () => {
      const json = { name: 'a day', role: 'reader', facilities: 'all', expiresAt: '2026-03-02T08:00:00Z' };
      const made = await h.call('/api/tokens', { method: 'POST', json, bearer: ADMIN_TOKEN });
      const { token } = (await made.json()) as { readonly token: string };
      h.pass(24 * 60 * MINUTE - 1);
      expect((await h.call('/api/session', { bearer: token })).status).toBe(200);
      h.pass(1);
      expect((await h.call('/api/session', { bearer: token })).status).toBe(401);
    });

    it('sets the administrator by a one-time link, once', async () => {
      await using first = await Harness.open({ adminPassword: undefined } as never, fresh);
      const token = first.access.setupToken ?? '';
      const setup = (text: string) => first.call('/api/setup', { method: 'POST', json: { token: text, password: PASSWORD } });
      expect((await setup('guess')).status).toBe(403);
      const weak = await first.call('/api/setup', { method: 'POST', json: { token, password: 'short' } });
      expect(weak.status).toBe(422);
      const done = await setup(token);
      expect(done.status).toBe(204);
      const cookie = done.headers.get('set-cookie')?.split(';')[0] ?? '';
      expect((await first.call('/api/users', { cookie })).status).toBe(200);
      expect((await setup(token)).status).toBe(403);
    });

    it('gives the administrator a new password by reset-admin, beside the running server', async () => {
      const before = await h.signIn('admin', PASSWORD);
      const token = await resetAdmin(h.place, () => h.now);
      const password = 'mưa rào chiều thứ bảy';
      expect((await h.call('/api/setup', { method: 'POST', json: { token, password } })).status).toBe(204);
      expect((await h.call('/api/session', { cookie: before })).status).toBe(401);
      await expect(h.signIn('admin', PASSWORD)).rejects.toThrow('401');
      await expect(h.signIn('admin', password)).resolves.toBeTruthy();
    });

    it('lets a link of reset-admin end after a day', async () => {
      const token = await resetAdmin(h.place, () => h.now);
      h.pass(24 * 60 * MINUTE + 1);
      expect((await h.call('/api/setup', { method: 'POST', json: { token, password: PASSWORD } })).status).toBe(403);
    });

    it('keeps accounts, sessions and facilities over a restart, and offers no link again', async () => {
      const cookie = await h.signIn('admin', PASSWORD);
      await h.access[Symbol.asyncDispose]();
      const others = [{ id: 'other', name: 'Other', patientIdIssuer: 'O' }];
      const { place, log } = h;
      h.access = await createAccess({ place, log, version: '0', clock: () => h.now, facilities: others });
      expect(h.access.setupToken).toBeUndefined();
      expect(h.access.facilities().map(({ id }) => id)).toEqual(['clinic', 'main']);
      expect((await h.call('/api/session', { cookie })).status).toBe(200);
    });

    it('adds and renames facilities', async () => {
      const bearer = ADMIN_TOKEN;
      const facility = { id: 'ward', name: 'Khoa Nội', patientIdIssuer: 'SADEC' };
      expect((await h.call('/api/facilities', { method: 'POST', json: facility, bearer })).status).toBe(201);
      expect((await h.call('/api/facilities', { method: 'POST', json: facility, bearer })).status).toBe(409);
      const json = { name: 'Khoa Ngoại', patientIdIssuer: 'SADEC' };
      expect((await h.call('/api/facilities/ward', { method: 'PUT', json, bearer })).status).toBe(200);
      expect((await h.call('/api/facilities/none', { method: 'PUT', json, bearer })).status).toBe(404);
      expect(h.access.facilities().find(({ id }) => id === 'ward')?.name).toBe('Khoa Ngoại');
    });

    it('trusts a caller in the same process without credentials', async () => {
      const caller = {
        kind: 'service',
        id: 'router',
        name: 'router',
        rights: new Set(['view'] as const),
        facilities: 'all',
      } as const;
      expect((await h.call('/api/facilities', { caller })).status).toBe(200);
      expect((await h.call('/api/users', { caller })).status).toBe(403);
    });

    it('answers an unknown address as a problem', async () => {
      const response = await h.call('/api/nothing');
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
    });

    it('cannot change or shorten its audit trail', async () => {
      await h.settle();
      await using database = await openTampering(h.place);
      await expect(database.write('change', {})).rejects.toThrow(DatabaseError);
      await expect(database.write('change', {})).rejects.toMatchObject({
        code: 'constraint',
        message: expect.stringContaining('append-only'),
      });
      await expect(database.write('remove', {})).rejects.toThrow('append-only');
    });

    it('keeps the order of its trail, a page at a time', async () => {
      const before = await trail(h, '');
      for (let number = 0; number < 5; number += 1) {
        await h.access.audit({ action: `step.${number}`, outcome: 'success', detail: `\u0000${'é'.repeat(3)}` });
      }
      const first = await trail(h, '?limit=3');
      expect(first.lines.map(({ action }) => action)).toEqual(['step.4', 'step.3', 'step.2']);
      const second = await trail(h, `?limit=3&after=${first.next}`);
      expect(second.lines.map(({ action }) => action).slice(0, 2)).toEqual(['step.1', 'step.0']);
      expect((await trail(h, '')).lines).toHaveLength(before.lines.length + 5);
    });
  });
}

async function trail(h: Harness, query: string) {
  const response = await h.call(`/api/audit${query}`, { bearer: ADMIN_TOKEN });
  expect(response.status).toBe(200);
  return (await response.json()) as { readonly lines: readonly { readonly action: string }[]; readonly next: string | null };
}

function openTampering(place: AccessPlace) {
  const schema = new URL('./tampering-schema.ts', import.meta.url);
  return 'file' in place
    ? openSqlite<typeof tampering>({ file: place.file, schema })
    : openPostgres<typeof tampering>({ url: place.url, name: 'filmless_access', schema });
}
