import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeCommand } from '../../src/dimse/command-set.ts';
import { openDialogue } from '../../src/dimse/open-dialogue.ts';
import { store } from '../../src/dimse/store.ts';
import { routerLimits } from '../../src/limits.ts';
import { testObject } from '../objects.ts';
import { type OpenedRouter, openRouter } from '../open-router.ts';
import { CT_STORAGE, Parrot, pData } from '../parrot.ts';

const object = testObject(1);

const associate = (port: number, callingAe = 'CT01') =>
  openDialogue({
    host: '127.0.0.1',
    port,
    calledAe: 'FILMLESS',
    callingAe,
    contexts: [{ id: 1, abstractSyntax: object.sopClassUid, transferSyntaxes: [object.transferSyntaxUid] }],
    limits: routerLimits({ sentPduBytes: 4096 }),
  });

describe('the router', () => {
  let opened: OpenedRouter;

  beforeEach(async () => {
    opened = await openRouter({
      aes: [
        { title: 'CT01', may: ['echo', 'store'], facility: 'north', host: '127.0.0.1', port: 1 },
        { title: 'MUTE', may: [], facility: 'main' },
      ],
    });
  });

  afterEach(async () => {
    await opened[Symbol.asyncDispose]();
  });

  const send = async (callingAe?: string) => {
    const dialogue = await associate(opened.router.dicomPort, callingAe);
    const { status } = await store(dialogue, { ...object, dataSet: object.bytes });
    await dialogue.release();
    return { status };
  };

  it('takes an instance and says whose it is', async () => {
    expect(await send()).toEqual({ status: 0 });
    expect(await send('STRANGER')).toEqual({ status: 0 });
    expect(opened.deposit.kept.map(({ source }) => source)).toEqual([
      { kind: 'dimse', callingAe: 'CT01', calledAe: 'FILMLESS', address: '127.0.0.1', facility: 'north', verified: true },
      { kind: 'dimse', callingAe: 'STRANGER', calledAe: 'FILMLESS', address: '127.0.0.1', facility: 'main', verified: false },
    ]);
  });

  it('keeps what comes from another address than its entity has, unverified, and says so once in a while', async () => {
    await opened.api('PUT', '/api/aes/CT01', { host: '10.0.0.11', port: 104, may: ['store'], facility: 'north' });
    await send();
    await send();
    expect(opened.deposit.kept.map(({ source }) => source)).toMatchObject([
      { callingAe: 'CT01', facility: 'north', verified: false },
      { callingAe: 'CT01', facility: 'north', verified: false },
    ]);
    expect(opened.log.lines.filter((line) => line.startsWith('association.from-elsewhere'))).toEqual([
      expect.stringContaining('"callingAe":"CT01","address":"127.0.0.1","expected":"10.0.0.11"}'),
    ]);
  });

  it('leaves a line in the audit trail of whose study came from where', async () => {
    await send();
    await expect
      .poll(() => opened.access.events)
      .toMatchObject([
        {
          action: 'study.store',
          outcome: 'success',
          subject: { kind: 'ae', id: 'CT01' },
          address: '127.0.0.1',
          facility: 'north',
          studyInstanceUid: expect.stringMatching(/^2\.25\./),
          detail: '1 instances by C-STORE',
        },
      ]);
  });

  it('keeps a log of who called, from where, and what came of it', async () => {
    const log = () => opened.api('GET', '/api/associations');
    await send();
    await expect.poll(log).toMatchObject({ body: { associations: [{}] } });
    await expect(send('MUTE')).rejects.toMatchObject({ message: expect.stringContaining('calling AE title not recognized') });
    const parrot = await Parrot.connect(opened.router.dicomPort);
    await parrot.associate();
    parrot.say({ type: 'abort', source: 0, reason: 0 });
    parrot.hangUp();
    await expect.poll(log).toMatchObject({
      body: {
        associations: [
          { callingAe: 'PARROT', outcome: 'aborted', detail: 'the peer aborted (by its user)', stored: 0 },
          { callingAe: 'MUTE', outcome: 'refused', detail: expect.stringContaining('may do nothing here'), address: '127.0.0.1' },
          { callingAe: 'CT01', outcome: 'released', detail: '', stored: 1, failed: 0 },
        ],
        next: null,
      },
    });
    const page = await opened.api('GET', '/api/associations?limit=1&outcome=refused');
    expect(page).toMatchObject({ status: 200, body: { associations: [{ callingAe: 'MUTE' }] } });
  });

  it('leaves nothing behind of an association that is aborted in the middle', async () => {
    const parrot = await Parrot.connect(opened.router.dicomPort);
    await parrot.associate();
    const command = encodeCommand({
      AffectedSOPClassUID: CT_STORAGE.abstractSyntax,
      CommandField: 1,
      MessageID: 1,
      CommandDataSetType: 1,
      AffectedSOPInstanceUID: '1.2.3',
    });
    parrot.say(pData(3, true, true, command), pData(3, false, false, Buffer.alloc(2_000_000)));
    const folder = join(opened.folder, 'incoming');
    await expect.poll(() => readdir(folder)).toHaveLength(1);
    parrot.say({ type: 'abort', source: 0, reason: 0 });
    await expect.poll(() => readdir(folder)).toHaveLength(0);
    parrot.hangUp();
    expect(opened.deposit.kept).toEqual([]);
  });

  it('calls each association by one short name in its log lines and in the log of associations', async () => {
    const parrot = await Parrot.connect(opened.router.dicomPort);
    await parrot.associate();
    parrot.say(pData(3, true, true, encodeCommand({ CommandField: 1, MessageID: 1, CommandDataSetType: 0x0101 })));
    expect((await parrot.hear()).name).toBe('P-DATA-TF');
    parrot.say({ type: 'abort', source: 0, reason: 0 });
    await expect(send('MUTE')).rejects.toMatchObject({ code: 'rejected' });
    const log = () => opened.api('GET', '/api/associations');
    await expect.poll(log).toMatchObject({ body: { associations: [{}, {}] } });
    const { body } = await log();
    const { associations } = body as { associations: readonly { association: string; callingAe: string }[] };
    const nameOf = (callingAe: string) => associations.find((one) => one.callingAe === callingAe)?.association ?? '';
    expect(nameOf('PARROT')).toMatch(/^[0-9a-f]{10}$/);
    expect(nameOf('MUTE')).not.toBe(nameOf('PARROT'));
    const lines = opened.log.lines.map((line) => line.replace(/ .*"association":"(\w+)".*/, ' $1'));
    expect(lines.toSorted()).toEqual([
      `association.aborted ${nameOf('PARROT')}`,
      `association.refused ${nameOf('MUTE')}`,
      `dimse.refused ${nameOf('PARROT')}`,
    ]);
  });

  it('writes no value of an object into the log', async () => {
    // Another instance than the command says: it is looked at whole.
    const { bytes } = testObject(2, { '0020000D': { vr: 'UI', Value: ['Nguyen^Van An'] } });
    const dialogue = await associate(opened.router.dicomPort);
    const result = await store(dialogue, { ...object, dataSet: bytes });
    await dialogue.release();
    expect(result).toMatchObject({ status: 0xc000, comment: expect.stringContaining('Study Instance UID') });
    expect(opened.log.lines).toEqual([expect.stringMatching(/dimse\.refused .*Study Instance UID/)]);
    expect(opened.log.lines.join()).not.toContain('Nguyen');
  });

  it('ends quickly although a machine stays connected', async () => {
    const { association } = await associate(opened.router.dicomPort);
    const began = performance.now();
    await opened.router[Symbol.asyncDispose]();
    expect(performance.now() - began).toBeLessThan(3000);
    await expect(association.read(1000)).rejects.toMatchObject({ code: 'aborted' });
  });

  it('answers none of its routes to who has no right', async () => {
    const routes = opened.router.app.routes.filter(({ method }) => method !== 'ALL');
    expect(new Set(routes.map(({ method, path }) => `${method} ${path}`)).size).toBeGreaterThanOrEqual(12);
    for (const { method, path } of routes) {
      const response = await opened.router.app.request(
        path.replaceAll(/:\w+/g, 'x'),
        { method },
        { remoteAddress: '', secure: false },
      );
      expect(response.status, `${method} ${path}`).toBe(401);
    }
    expect(new Set(opened.access.asked)).toEqual(new Set(['administer', 'view']));
  });

  it('lists, adds, changes and removes application entities, which counts at once', async () => {
    const { api } = opened;
    expect(await api('GET', '/api/aes')).toMatchObject({
      body: { aes: [{ title: 'CT01', facility: 'north' }, { title: 'MUTE' }] },
    });
    const ae = { title: 'MR01', may: ['store'], facility: 'main' };
    expect(await api('POST', '/api/aes', ae)).toMatchObject({ status: 201, body: ae });
    expect((await api('POST', '/api/aes', ae)).status).toBe(409);
    expect((await api('PUT', '/api/aes/MR01', { may: [], facility: 'main' })).status).toBe(200);
    await expect(send('MR01')).rejects.toMatchObject({ code: 'rejected' });
    expect((await api('PUT', '/api/aes/XA01', { may: ['echo'], facility: 'north' })).status).toBe(201);
    expect((await api('DELETE', '/api/aes/XA01')).status).toBe(204);
    expect((await api('DELETE', '/api/aes/MR01')).status).toBe(204);
    expect((await api('DELETE', '/api/aes/MR01')).status).toBe(404);
    expect(await send('MR01')).toEqual({ status: 0 });
    expect(opened.access.events.map(({ action, detail }) => `${action} ${detail}`)).toEqual([
      'ae.add MR01',
      'ae.change MR01',
      expect.stringContaining('association calling AE title not recognized: "MR01" may do nothing here'),
      'ae.add XA01',
      'ae.delete XA01',
      'ae.delete MR01',
    ]);
  });

  it('takes and gives every setting of an application entity, the fingerprint of its certificate in one form', async () => {
    const { api } = opened;
    const ae = {
      title: 'US02',
      may: ['store'],
      facility: 'main',
      charsetIn: 'windows-1258',
      asciiNames: true,
      onConflict: 'keepFirst',
      worklist: { modalities: ['US'], rooms: ['Phòng 2'], days: 1 },
    };
    const tls = { fingerprint: `${'ab:'.repeat(31)}cd`, name: 'us02.hospital' };
    const kept = { ...ae, tls: { ...tls, fingerprint: `${'AB'.repeat(31)}CD` } };
    expect(await api('POST', '/api/aes', { ...ae, tls })).toEqual({ status: 201, body: kept });
    const { title: _, ...change } = ae;
    expect(await api('PUT', '/api/aes/US02', { ...change, tls: true })).toEqual({ status: 200, body: { ...ae, tls: true } });
    expect(await api('GET', '/api/aes')).toMatchObject({ body: { aes: [{}, {}, { ...ae, tls: true }] } });
  });

  it('refuses application entities that are none', async () => {
    const wrong = [
      { title: 'A\\B', may: [], facility: 'main' },
      { title: 'SEVENTEEN_LETTERS', may: [], facility: 'main' },
      { title: 'A', may: ['fly'], facility: 'main' },
      { title: 'A', may: [], facility: 'main', port: 70_000 },
      { title: 'A', may: [], facility: 'main', other: true },
      { title: 'A', may: [], facility: 'nowhere' },
      { title: 'A', may: [], facility: 'main', tls: { fingerprint: 'ab' } },
      { title: 'A', may: [], facility: 'main', charsetIn: 'klingon' },
      { title: 'A', may: [], facility: 'main', onConflict: 'drop' },
      { title: 'A', may: [], facility: 'main', worklist: { days: -1 } },
      { title: 'A', may: [], facility: 'main', worklist: { colour: 'red' } },
    ];
    for (const ae of wrong) {
      expect((await opened.api('POST', '/api/aes', ae)).status, JSON.stringify(ae)).toBe(400);
    }
  });

  it('echoes an application entity, and says in words why it is not there', async () => {
    const self = { title: 'FILMLESS', host: '127.0.0.1', port: opened.router.dicomPort, may: [], facility: 'main' };
    await opened.api('POST', '/api/aes', self);
    expect(await opened.api('POST', '/api/aes/CT01/echo')).toMatchObject({
      body: { ok: false, detail: expect.stringContaining('127.0.0.1:1 cannot be reached') },
    });
    // Called by the title it has itself it is refused, for that entity may do nothing.
    expect(await opened.api('POST', '/api/aes/FILMLESS/echo')).toMatchObject({
      body: { ok: false, detail: expect.stringContaining('calling AE title not recognized') },
    });
    await opened.api('PUT', '/api/aes/FILMLESS', { host: self.host, port: self.port, may: ['echo'], facility: 'main' });
    expect(await opened.api('POST', '/api/aes/FILMLESS/echo')).toMatchObject({ status: 200, body: { ok: true, detail: '' } });
    expect((await opened.api('POST', '/api/aes/MUTE/echo')).status).toBe(400);
  });

  it('manages destinations and their queues', async () => {
    const { api } = opened;
    const destination = { id: 'ws', aeTitle: 'WS1', host: '127.0.0.1', port: 1, enabled: false, when: { modalities: ['OT'] } };
    expect(await api('POST', '/api/destinations', destination)).toMatchObject({
      status: 201,
      body: { ...destination, when: { callingAes: [], modalities: ['OT'] } },
    });
    await send();
    expect(await api('GET', '/api/queues')).toMatchObject({
      status: 200,
      body: {
        queues: [
          {
            ...{ destination: 'ws', queued: 1, sending: 0, done: 0, aside: 0, paused: true, problem: null, problems: [] },
            classes: [{ class: 'emergency', waiting: 0 }, {}, { class: 'routine', waiting: 1, arrives: null }, {}],
          },
        ],
      },
    });
    expect((await api('DELETE', '/api/destinations/ws')).status).toBe(409);
    expect(await api('POST', '/api/queues/ws/retry', {})).toMatchObject({ body: { retried: 1 } });
    const { id: _, ...change } = destination;
    expect((await api('PUT', '/api/destinations/ws', { ...change, enabled: true })).status).toBe(200);
    const deliveries = () => api('GET', '/api/queues/ws?state=queued');
    await expect.poll(deliveries).toMatchObject({
      body: { deliveries: [{ attempts: 0, problem: expect.stringContaining('cannot be reached') }], next: null },
    });
    expect(await api('GET', '/api/queues')).toMatchObject({
      body: { queues: [{ paused: false, problem: expect.stringContaining('cannot be reached'), nextTry: expect.any(String) }] },
    });
    expect(await api('POST', '/api/queues/ws/pause', { paused: true })).toMatchObject({ status: 200 });
    expect(await api('GET', '/api/destinations')).toMatchObject({ body: { destinations: [{ id: 'ws', enabled: false }] } });
    expect((await api('POST', '/api/queues/ws/remove', {})).status).toBe(400);
    const { body } = await api('GET', '/api/queues/ws');
    const [first] = (body as { deliveries: { id: number; studyInstanceUid: string }[] }).deliveries;
    expect(await api('POST', '/api/queues/ws/remove', { id: first?.id })).toEqual({ status: 200, body: { removed: 1 } });
    expect(opened.access.events.at(-1)).toMatchObject({
      ...{ action: 'queue.remove', studyInstanceUid: first?.studyInstanceUid, detail: '1 instances that were to go to ws' },
    });
    expect((await api('GET', '/api/queues/none')).status).toBe(404);
    expect((await api('PUT', '/api/destinations/none', change)).status).toBe(404);
  });

  it('keeps the secret of a web server, and never gives it out again', async () => {
    const { api } = opened;
    const tinh = { id: 'tinh', kind: 'filmless', url: 'https://pacs.tinh.vn', enabled: false, site: 'BVĐK tỉnh' };
    const shown = { ...tinh, hasToken: true, hasClientCertificate: false };
    expect(await api('POST', '/api/destinations', { ...tinh, url: `${tinh.url}/`, token: 'S3CRET' })).toEqual({
      status: 201,
      body: shown,
    });
    const { id: _, ...change } = tinh;
    const changed = {
      ...change,
      basis: { basis: 'referral' },
      line: { hours: [{ from: '18:00', to: '06:00', bytesPerSecond: 1e6 }] },
    };
    expect(await api('PUT', '/api/destinations/tinh', changed)).toEqual({ status: 200, body: { ...shown, ...changed } });
    expect(await api('PUT', '/api/destinations/tinh', { ...change, token: null })).toMatchObject({ body: { hasToken: false } });
    await api('PUT', '/api/destinations/tinh', { ...change, token: 'S3CRET' });
    // At another address it would be shown to somebody else.
    const moved = { ...change, url: 'https://elsewhere.vn' };
    expect(await api('PUT', '/api/destinations/tinh', moved)).toMatchObject({ body: { hasToken: false } });
    expect(JSON.stringify([await api('GET', '/api/destinations'), opened.access.events, opened.log.lines])).not.toContain(
      'S3CRET',
    );
    for (const wrong of [
      { ...tinh, url: 'ftp://x' },
      { ...tinh, url: 'https://user:word@x' },
      { ...tinh, aeTitle: 'X' },
      { ...tinh, kind: 'folder' },
      { ...tinh, kind: 'folder', path: 'relative' },
      { ...tinh, basis: { basis: 'curiosity' } },
      { ...tinh, line: { hours: [{ from: '25:00', to: '06:00', bytesPerSecond: 1e6 }] } },
    ]) {
      expect((await api('POST', '/api/destinations', { ...wrong, id: 'wrong' })).status, JSON.stringify(wrong)).toBe(400);
    }
  });

  it('has destinations that only the configuration changes; they can be paused', async () => {
    const archive = {
      ...{ kind: 'filmless' as const, id: 'archive', url: 'https://127.0.0.1:1', when: { callingAes: [], modalities: [] } },
      ...{ enabled: true, secret: { token: 'S3CRET' } },
    };
    await using gateway = await openRouter({ fixedDestinations: [archive] });
    const { api } = gateway;
    const { id: _, secret: __, ...change } = archive;
    expect((await api('PUT', '/api/destinations/archive', { ...change, url: 'https://elsewhere' })).status).toBe(409);
    expect((await api('DELETE', '/api/destinations/archive')).status).toBe(409);
    expect((await api('POST', '/api/queues/archive/pause', { paused: true })).status).toBe(200);
    const bytes = await readFile(join(gateway.folder, 'records', 'router.db-wal'));
    expect(bytes.includes('S3CRET')).toBe(false);
    await gateway.router[Symbol.asyncDispose]();
    await using again = await openRouter({ dataDir: gateway.folder, fixedDestinations: [archive] });
    expect(await again.api('GET', '/api/destinations')).toMatchObject({
      body: { destinations: [{ id: 'archive', enabled: false, hasToken: true }] },
    });
  });

  it('reads the configuration only while it knows no entity', async () => {
    const { folder } = opened;
    await opened.api('DELETE', '/api/aes/MUTE');
    await opened.router[Symbol.asyncDispose]();
    await using again = await openRouter({ dataDir: folder, aes: [{ title: 'NEW', may: [], facility: 'main' }] });
    expect(await again.api('GET', '/api/aes')).toMatchObject({ body: { aes: [{ title: 'CT01' }] } });
  });
});
