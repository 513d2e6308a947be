import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenedRouter, openRouter } from '../open-router.ts';
import { startWebPeer, type WebPeer } from '../web-peer.ts';

describe('the test of a destination', () => {
  let opened: OpenedRouter;
  let peer: WebPeer;

  beforeEach(async () => {
    opened = await openRouter();
    peer = await startWebPeer();
  });

  afterEach(async () => {
    await peer[Symbol.asyncDispose]();
    await opened[Symbol.asyncDispose]();
  });

  const add = async (destination: { readonly id: string }) => {
    expect((await opened.api('POST', '/api/destinations', { enabled: false, ...destination })).status).toBe(201);
  };
  const test = (id: string) => opened.api('POST', `/api/destinations/${id}/test`);

  it('calls a DICOM node by C-ECHO, under the title it is called with', async () => {
    const node = { aeTitle: 'FILMLESS', host: '127.0.0.1', callingAe: 'OTHER' };
    await add({ id: 'here', ...node, port: opened.router.dicomPort } as { id: string });
    expect(await test('here')).toMatchObject({ status: 200, body: { ok: true, diagnosis: null } });
    await add({ id: 'gone', ...node, port: 1 } as { id: string });
    expect(await test('gone')).toMatchObject({ body: { ok: false, diagnosis: { cause: 'connection-refused' } } });
    expect(opened.access.events.at(-1)).toMatchObject({ action: 'destination.test', detail: 'gone' });
  });

  it('asks another Filmless who we are there, and whether that may upload', async () => {
    await add({ id: 'tinh', kind: 'filmless', url: peer.url, token: 'S3CRET' } as { id: string });
    peer.answer = () => ({ status: 200, body: JSON.stringify({ rights: ['view', 'upload'] }) });
    expect(await test('tinh')).toMatchObject({ body: { ok: true, status: '200' } });
    expect(peer.asked).toMatchObject([{ method: 'GET', path: '/api/session', headers: { authorization: 'Bearer S3CRET' } }]);
    peer.answer = () => ({ status: 200, body: JSON.stringify({ rights: ['view'] }) });
    expect(await test('tinh')).toMatchObject({ body: { ok: false, diagnosis: { cause: 'token-lacks-right' } } });
    peer.answer = () => ({ status: 200, body: '<html>a page of somebody else</html>' });
    expect(await test('tinh')).toMatchObject({ body: { ok: false, diagnosis: { cause: 'no-service-there' } } });
  });

  it.each([
    [200, true, null],
    [204, true, null],
    // It takes what is stored there, and cannot be searched.
    [501, true, null],
    [401, false, 'token-refused'],
    [403, false, 'token-lacks-right'],
    [404, false, 'no-service-there'],
    [302, false, 'no-service-there'],
    [503, false, 'receiver-full'],
    [500, false, 'receiver-fails'],
  ] as const)('of a DICOMweb server that answers a search with %i says %s', async (status, ok, cause) => {
    await add({ id: 'web', kind: 'dicomweb', url: `${peer.url}/dicom-web` } as { id: string });
    peer.answer = () => ({ status });
    expect(await test('web')).toMatchObject({ status: 200, body: { ok, diagnosis: cause === null ? null : { cause } } });
    expect(peer.asked).toMatchObject([{ method: 'GET', path: '/dicom-web/studies?limit=1' }]);
  });

  it('writes a file into a folder and removes it, and makes no folder', async () => {
    const path = join(opened.folder, 'out');
    await add({ id: 'folder', kind: 'folder', path } as { id: string });
    expect(await test('folder')).toMatchObject({
      body: { ok: false, diagnosis: { cause: 'folder-missing', reason: `The folder ${path} is not there.` } },
    });
    await mkdir(path);
    expect(await test('folder')).toMatchObject({ body: { ok: true } });
    expect(await readdir(path)).toEqual([]);
  });

  it('knows no destination that is not there', async () => {
    expect((await test('none')).status).toBe(404);
  });
});

describe('the list of destinations', () => {
  it('says what the configuration gives, and which rules send there', async () => {
    const archive = { kind: 'folder' as const, id: 'archive', path: '/nowhere', names: 'hashed' as const, enabled: false };
    await using opened = await openRouter({ fixedDestinations: [archive] });
    await opened.api('POST', '/api/destinations', { id: 'ws', aeTitle: 'WS', host: '127.0.0.1', port: 1, enabled: false });
    const rules: unknown = JSON.parse('{"rules":[{"name":"one","then":[{"send":"ws"}]},{"name":"two","then":[{"send":"ws"}]}]}');
    expect((await opened.api('PUT', '/api/rules', rules)).status).toBe(200);
    expect(await opened.api('GET', '/api/destinations')).toMatchObject({
      body: {
        destinations: [
          { id: 'archive', fixed: true, rules: [] },
          { id: 'ws', fixed: false, rules: ['one', 'two'] },
        ],
      },
    });
    expect(await opened.api('DELETE', '/api/destinations/ws')).toMatchObject({
      status: 409,
      body: { detail: 'the routing rules "one", "two" send to ws: change the rules first' },
    });
  });
});
