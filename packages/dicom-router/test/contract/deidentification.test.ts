import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Deidentification, openDeidentification } from '../../src/derive/deidentification.ts';
import { openRouterDatabase } from '../../src/records/router-database.ts';
import { type OpenedRouter, openRouter } from '../open-router.ts';

describe('/api/deidentification', () => {
  let opened: OpenedRouter;
  beforeEach(async () => {
    opened = await openRouter({ deidentification: [{ name: 'teaching', options: [] }] });
  });
  afterEach(async () => {
    await opened[Symbol.asyncDispose]();
  });

  const research = {
    options: ['retainModifiedDates', 'cleanDescriptors'],
    shiftDays: 365,
    pseudonymPrefix: 'NC-',
    regions: [{ when: { modality: 'US', rows: 768 }, areas: [[0, 0, 1024, 60]] }],
  };

  it('holds what was configured, takes more, changes and removes it', async () => {
    const { api } = opened;
    expect(await api('PUT', '/api/deidentification/nghien-cuu', research)).toEqual({ status: 200, body: research });
    expect(await api('GET', '/api/deidentification')).toEqual({
      status: 200,
      body: { profiles: { teaching: { options: [] }, 'nghien-cuu': research } },
    });
    expect((await api('PUT', '/api/deidentification/teaching', { options: ['retainUids'] })).status).toBe(200);
    expect((await api('DELETE', '/api/deidentification/nghien-cuu')).status).toBe(204);
    expect((await api('DELETE', '/api/deidentification/nghien-cuu')).status).toBe(404);
    expect((await api('GET', '/api/deidentification')).body).toEqual({ profiles: { teaching: { options: ['retainUids'] } } });
  });

  it('keeps a profile that a rule names', async () => {
    const folder = { kind: 'folder', id: 'out', path: opened.folder, enabled: false };
    expect((await opened.api('POST', '/api/destinations', folder)).status).toBe(201);
    const rules = 'rules: [{ name: r, then: [{ deidentify: teaching }, { send: out }] }]';
    const put = await opened.router.app.request(
      '/api/rules',
      { method: 'PUT', headers: { authorization: 'Bearer word', 'content-type': 'application/yaml' }, body: rules },
      { remoteAddress: '127.0.0.1', secure: false },
    );
    expect([put.status, await put.text()]).toEqual([200, expect.any(String)]);
    expect(await opened.api('DELETE', '/api/deidentification/teaching')).toMatchObject({ status: 409 });
  });

  it.each([
    ['an unknown option', { options: ['retainEverything'] }],
    ['an unknown key', { option: [] }],
    ['dates kept and moved', { options: ['retainFullDates', 'retainModifiedDates'] }],
    ['days to move by and no dates that move', { shiftDays: 3 }],
    ['private elements of an even group', { options: ['retainSafePrivate'], keepPrivate: [{ creator: 'A', group: '0018' }] }],
    ['an area of three numbers', { regions: [{ when: {}, areas: [[1, 2, 3]] }] }],
    ['a prefix that would not fit', { pseudonymPrefix: 'x'.repeat(21) }],
  ])('refuses %s', async (_, profile) => {
    expect((await opened.api('PUT', '/api/deidentification/a', profile)).status).toBe(400);
  });
});

describe('the secret of pseudonyms', () => {
  it('is made once, and is another in another installation', async () => {
    const folders = await Promise.all([1, 2].map(() => mkdtemp(join(tmpdir(), 'secret-'))));
    const profile = { name: 'p', options: [] };
    const dataSet = { '00100020': { vr: 'LO', Value: ['BN1'] } } as const;
    const pseudonym = async (of: Deidentification) => (await of.apply('p', dataSet, '1.2.840.10008.1.2.1')).dataSet['00100020'];
    const open = async (folder: string) => {
      await using database = await openRouterDatabase(folder);
      return await pseudonym(await openDeidentification(database, [profile]));
    };
    const [first = '', second = ''] = folders;
    const [one, again, other] = [await open(first), await open(first), await open(second)];
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
  });
});
