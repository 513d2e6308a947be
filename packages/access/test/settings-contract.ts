import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, type FreshPlace, Harness, PASSWORD } from './harness.ts';

/** What must hold of the settings of persons and of the hospital, wherever they are kept. */
export function settingsContract(name: string, fresh: FreshPlace): void {
  describe(`settings on ${name}`, () => {
    let h: Harness;

    beforeAll(async () => {
      h = await Harness.open({}, fresh);
    });

    afterAll(async () => {
      await h[Symbol.asyncDispose]();
    });

    it('keeps how each person works, refuses a change made from an old one, and forgets it with the account', async () => {
      const bearer = ADMIN_TOKEN;
      await h.addUser('settings-an', 'doctor');
      const binh = await h.addUser('settings-binh', 'doctor');
      const [mine, theirs] = [await h.signIn('settings-an', PASSWORD), await h.signIn('settings-binh', PASSWORD)];
      const read = async (cookie: string) => (await h.call('/api/settings/viewer', { cookie })).json();
      const put = (cookie: string, json: unknown) => h.call('/api/settings/viewer', { method: 'PUT', json, cookie });
      const settings = { version: 1, keys: { length: ['d'] }, hangings: [{ id: 'ct' }] };
      expect(await read(mine)).toEqual({ revision: 0, settings: { version: 1, keys: {}, hangings: [] } });
      expect((await put(mine, { revision: 0, settings })).status).toBe(200);
      expect(await read(mine)).toEqual({ revision: 1, settings });
      expect((await put(mine, { revision: 0, settings })).status).toBe(409);
      expect(await read(theirs)).toMatchObject({ revision: 0 });
      const many = Array.from({ length: 101 }, () => ({}));
      expect((await put(theirs, { revision: 0, settings: { ...settings, hangings: many } })).status).toBe(400);
      expect((await put(theirs, { revision: 0, settings: { ...settings, more: 1 } })).status).toBe(400);
      expect((await put(theirs, { revision: 0, settings: { ...settings, hangings: [{ id: 'x'.repeat(70_000) }] } })).status).toBe(
        413,
      );
      const nested = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
      expect((await put(theirs, { revision: 0, settings: { ...settings, hangings: [nested(20)] } })).status).toBe(200);
      for (const levels of [21, 6_000, 10_000]) {
        const text = `{"revision":1,"settings":{"version":1,"keys":{},"hangings":[${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}]}}`;
        const refused = await h.call('/api/settings/viewer', { method: 'PUT', text, cookie: theirs });
        expect([levels, refused.status]).toEqual([levels, 400]);
      }
      expect((await put(theirs, { revision: 1, settings })).status).toBe(200);
      expect((await h.call(`/api/users/${binh}`, { method: 'DELETE', bearer })).status).toBe(204);
      expect((await h.call('/api/settings/viewer', { method: 'PUT', json: { revision: 0, settings }, bearer })).status).toBe(400);
      expect(await (await h.call('/api/settings/viewer', { bearer })).json()).toMatchObject({ revision: 0 });
    });

    it('lets everybody read what holds for the hospital and only an administrator change it, on the trail', async () => {
      const bearer = ADMIN_TOKEN;
      await h.addUser('settings-chi', 'doctor');
      const cookie = await h.signIn('settings-chi', PASSWORD);
      const start = { version: 1, lockAfterMinutes: 15, displaysDeclared: false, hangings: [] };
      expect(await (await h.call('/api/settings/hospital', { cookie })).json()).toEqual({ revision: 0, settings: start });
      const json = { revision: 0, settings: { ...start, lockAfterMinutes: 5, displaysDeclared: true } };
      expect((await h.call('/api/settings/hospital', { method: 'PUT', json, cookie })).status).toBe(403);
      expect((await h.call('/api/settings/hospital', { method: 'PUT', json, bearer })).status).toBe(200);
      expect((await h.call('/api/settings/hospital', { method: 'PUT', json, bearer })).status).toBe(409);
      const tooLate = { revision: 1, settings: { ...start, lockAfterMinutes: 61 } };
      expect((await h.call('/api/settings/hospital', { method: 'PUT', json: tooLate, bearer })).status).toBe(400);
      expect(await (await h.call('/api/settings/hospital', { cookie })).json()).toEqual({ revision: 1, settings: json.settings });
      const lines = await (await h.call('/api/audit?limit=20', { bearer })).json();
      const detail = expect.stringContaining('lockAfterMinutes=5');
      expect(lines).toMatchObject({
        lines: expect.arrayContaining([expect.objectContaining({ action: 'settings.hospital', detail })]),
      });
    });
  });
}
