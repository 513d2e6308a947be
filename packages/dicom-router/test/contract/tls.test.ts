import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { readFileMeta } from '@filmless/dicom';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { VERIFICATION_SOP_CLASS } from '../../src/dimse/command-field.ts';
import { echo } from '../../src/dimse/echo.ts';
import type { OutgoingPiece } from '../../src/dimse/message.ts';
import { openDialogue } from '../../src/dimse/open-dialogue.ts';
import { store } from '../../src/dimse/store.ts';
import type { TlsClients } from '../../src/index.ts';
import { routerLimits } from '../../src/limits.ts';
import type { RequestOptions } from '../../src/ul/requestor.ts';
import type { TlsClient } from '../../src/ul/tls/tls-client.ts';
import { type Issued, selfSigned, TestAuthority } from '../certificates.ts';
import { testObject } from '../objects.ts';
import { type OpenedRouter, openRouter } from '../open-router.ts';

const limits = routerLimits();
/** Larger than any buffer on its way. */
const object = testObject(1, { '7FE00010': { vr: 'OW', InlineBinary: Buffer.alloc(3_000_000, 7).toString('base64') } });

let authority: TestAuthority;
let ours: Issued;
let theirs: Issued;
let own: Issued;
let opened: OpenedRouter;

beforeAll(async () => {
  authority = await TestAuthority.make();
  [ours, theirs, own] = await Promise.all([authority.issue({ name: 'filmless' }), authority.issue(), selfSigned()]);
});

const material = () => ({ identity: ours, authorities: authority.pem });

async function start(
  clients: TlsClients = 'asked',
  changes: Partial<Parameters<typeof openRouter>[0]> = {},
): Promise<OpenedRouter> {
  return await openRouter({
    tls: { material: material(), listen: { port: 0, clients } },
    aes: [
      { title: 'CT01', may: ['echo', 'store'], facility: 'main', tls: true },
      { title: 'US02', may: ['echo', 'store'], facility: 'main', tls: { fingerprint: own.fingerprint } },
      { title: 'XA03', may: ['echo', 'store'], facility: 'main' },
    ],
    ...changes,
  });
}

beforeEach(async () => {
  opened = await start();
});

afterEach(async () => {
  await opened[Symbol.asyncDispose]();
});

const CONTEXTS = [
  { id: 1, abstractSyntax: VERIFICATION_SOP_CLASS, transferSyntaxes: ['1.2.840.10008.1.2'] },
  { id: 3, abstractSyntax: object.sopClassUid, transferSyntaxes: [object.transferSyntaxUid] },
];

/** Calls by TLS, or in the clear when `client` is undefined. */
const call = (callingAe: string, client: TlsClient | undefined, more: Partial<RequestOptions> = {}) =>
  openDialogue({
    host: '127.0.0.1',
    port: client === undefined ? opened.router.dicomPort : (opened.router.dicomTlsPort ?? 0),
    calledAe: 'FILMLESS',
    callingAe,
    contexts: CONTEXTS,
    tls: client === undefined ? undefined : { authorities: authority.pem, ...client },
    limits,
    ...more,
  });

async function* pieces(bytes: Uint8Array): AsyncGenerator<OutgoingPiece> {
  for (let at = 0; at < bytes.byteLength; at += 100_000) {
    yield { bytes: bytes.subarray(at, at + 100_000), last: false };
  }
}

describe('DICOM over TLS', () => {
  it('stores as in the clear, byte for byte, for an entity that is set to TLS', async () => {
    const association = await call('CT01', {});
    expect(await store(association, { ...object, dataSet: pieces(object.bytes) })).toMatchObject({ status: 0 });
    await association.release();
    expect(opened.deposit.kept).toMatchObject([
      { sopInstanceUid: object.sopInstanceUid, source: { callingAe: 'CT01', address: '127.0.0.1', verified: true } },
    ]);
    const [kept] = opened.deposit.kept;
    const { dataSetOffset } = readFileMeta(await readFile(kept?.path ?? ''));
    expect((await readFile(kept?.path ?? '')).subarray(dataSetOffset).equals(object.bytes)).toBe(true);
    await expect
      .poll(() => opened.api('GET', '/api/associations'))
      .toMatchObject({ body: { associations: [{ callingAe: 'CT01', outcome: 'released', stored: 1 }] } });
  });

  it('is demanded of who is set to it, and said so in the log and in the audit trail', async () => {
    await expect(call('CT01', undefined)).rejects.toMatchObject({
      message: expect.stringContaining('calling AE title not recognized'),
    });
    expect(opened.log.lines).toEqual([
      expect.stringMatching(/^association\.refused .*called in the clear: have it call the TLS port/),
    ]);
    expect(opened.access.events).toMatchObject([{ action: 'association', outcome: 'refused', subject: { id: 'CT01' } }]);
    const plain = await call('XA03', undefined);
    expect((await echo(plain)).status).toBe(0);
    await plain.release();
  });

  it('binds an entity to one certificate, which nobody else needs to vouch for', async () => {
    const bound = await call('US02', { identity: own });
    expect((await echo(bound)).status).toBe(0);
    await bound.release();
    await expect(call('US02', { identity: theirs })).rejects.toMatchObject({ code: 'rejected' });
    await expect(call('US02', {})).rejects.toMatchObject({ code: 'rejected' });
    expect(opened.log.lines).toEqual([
      expect.stringContaining(`and shows ${theirs.fingerprint} (CN=ct01)`),
      expect.stringContaining('and shows no certificate'),
    ]);
  });

  it('demands a certificate of everybody where that is set', async () => {
    await using strict = await start('required');
    const port = strict.router.dicomTlsPort ?? 0;
    for (const [callingAe, client, accepted] of [
      ['CT01', { identity: theirs }, true],
      ['STRANGER', { identity: theirs }, true],
      ['US02', { identity: own }, true],
      ['CT01', { identity: own }, false],
      ['CT01', {}, false],
      ['STRANGER', {}, false],
    ] as const) {
      const association = call(callingAe, client, { port });
      const outcome = await association.then(
        async (one) => {
          await one.release();
          return true;
        },
        () => false,
      );
      expect(outcome, `${callingAe} ${JSON.stringify(client)}`).toBe(accepted);
    }
  });

  it('is shown a renewed certificate from the next association on, and those that are open stay', async () => {
    const open = await call('CT01', {});
    const foreign = await TestAuthority.make('Another');
    const renewed = await foreign.issue();
    opened.router.renewTls({ identity: renewed, authorities: foreign.pem });
    await expect(call('CT01', {})).rejects.toMatchObject({ code: 'untrusted' });
    const next = await call('CT01', { authorities: foreign.pem });
    await next.release();
    expect((await echo(open)).status).toBe(0);
    await open.release();
  });

  it('takes the place of nobody: silent handshakes give way, and who connects too often gets none', async () => {
    await using small = await start('asked', { limits: { associations: 2, associationsPerAddress: 2, connectionsPerSecond: 1 } });
    const port = small.router.dicomTlsPort ?? 0;
    const silent = await Promise.all(
      ['127.0.0.2', '127.0.0.3'].flatMap((localAddress) =>
        [1, 2].map(async () => {
          const socket = connect({ host: '127.0.0.1', port, localAddress });
          socket.on('error', () => undefined);
          await new Promise((resolve) => socket.once('connect', resolve));
          return socket;
        }),
      ),
    );
    const association = await call('CT01', {}, { port });
    expect((await echo(association)).status).toBe(0);
    await association.release();
    for (const socket of silent) {
      socket.destroy();
    }
    await expect.poll(() => small.log.lines.join()).toContain('closed to make room for 127.0.0.1');
    // Ten times what is sustained, at once: the burst is used up.
    const outcomes: boolean[] = [];
    for (let count = 0; count < 12; count += 1) {
      outcomes.push(
        await call('CT01', {}, { port }).then(
          async (one) => {
            await one.release();
            return true;
          },
          () => false,
        ),
      );
    }
    expect(outcomes.at(0)).toBe(true);
    expect(outcomes.at(-1)).toBe(false);
    expect(small.log.lines.join()).toContain('connects too often: connections by TLS are closed');
  });

  it('serves others while one address does nothing but handshakes', async () => {
    const port = opened.router.dicomTlsPort ?? 0;
    let flooding = true;
    let handshakes = 0;
    const flood = async () => {
      while (flooding) {
        const raw = connect({ host: '127.0.0.1', port, localAddress: '127.0.0.9' });
        const socket = connectTls({ socket: raw, rejectUnauthorized: false });
        raw.on('error', () => undefined);
        socket.on('error', () => undefined);
        await new Promise((resolve) => socket.once('secureConnect', resolve).once('close', resolve));
        handshakes += 1;
        socket.destroy();
        raw.destroy();
      }
    };
    const floods = Array.from({ length: 30 }, flood);
    for (let count = 0; count < 10; count += 1) {
      const association = await call('CT01', {});
      expect(await echo(association)).toMatchObject({ status: 0 });
      await association.release();
    }
    flooding = false;
    await Promise.all(floods);
    expect(handshakes).toBeGreaterThan(30);
  });

  it('says of who calls the wrong port what it was', async () => {
    await expect(call('XA03', undefined, { port: opened.router.dicomTlsPort ?? 0 })).rejects.toMatchObject({ code: 'closed' });
    await expect(call('CT01', {}, { port: opened.router.dicomPort })).rejects.toMatchObject({
      code: 'untrusted',
      message: expect.stringContaining('does not speak TLS'),
    });
    // Who calls is this product too: it looked whether the port that hung up speaks TLS, and left.
    const details = opened.log.lines.map((line) => line.replace(/.*"detail":/, ''));
    expect(details[0]).toContain('TLS handshake: it does not speak TLS on this port');
    expect(details.at(-1)).toContain('it speaks TLS');
  });

  it('ends with the router, in the middle of a handshake too', async () => {
    const socket = connect({ host: '127.0.0.1', port: opened.router.dicomTlsPort ?? 0 });
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await new Promise((resolve) => socket.once('connect', resolve));
    await opened.router[Symbol.asyncDispose]();
    await closed;
  });

  it('reaches others as it is set for them: by echo, and as a destination', async () => {
    await using peer = await start('required', { aeTitle: 'PACS2', aes: [] });
    const host = '127.0.0.1';
    const port = peer.router.dicomTlsPort ?? 0;
    const ae = { host, port, may: ['echo'], facility: 'main' };
    const echoed = async (tls: unknown) => {
      await opened.api('PUT', '/api/aes/PACS2', { ...ae, ...(tls === undefined ? {} : { tls }) });
      return await opened.api('POST', '/api/aes/PACS2/echo');
    };
    expect(await echoed(true)).toMatchObject({ body: { ok: true } });
    expect(await echoed({ fingerprint: ours.fingerprint })).toMatchObject({ body: { ok: true } });
    expect(await echoed({ fingerprint: own.fingerprint })).toMatchObject({
      body: { ok: false, detail: expect.stringContaining('its certificate is another') },
    });
    expect(await echoed({ name: 'elsewhere' })).toMatchObject({
      body: { ok: false, detail: expect.stringContaining('issued to another name') },
    });
    expect(await echoed(undefined)).toMatchObject({ body: { ok: false } });
    await opened.api('POST', '/api/destinations', { id: 'two', aeTitle: 'PACS2', host, port, tls: true });
    expect(await opened.api('GET', '/api/destinations')).toMatchObject({ body: { destinations: [{ id: 'two', tls: true }] } });
  });
});

describe('a user identity', () => {
  const named = (type: number, primary: string, secondary = '', positiveResponseRequested = true) => ({
    userIdentity: { type, positiveResponseRequested, primary: Buffer.from(primary), secondary: Buffer.from(secondary) },
  });

  it('that an account has is let in, and stands in the audit trail once', async () => {
    for (let count = 0; count < 2; count += 1) {
      const association = await call('XA03', undefined, named(2, 'bác.sĩ', 'mật khẩu'));
      await association.release();
    }
    expect(opened.access.events).toMatchObject([
      {
        action: 'signin',
        outcome: 'success',
        subject: { name: 'bác.sĩ' },
        detail: 'by the user identity of an association of XA03',
      },
    ]);
  });

  it('without a passcode is let in, and believed by nobody', async () => {
    const association = await call('XA03', undefined, named(1, 'bác.sĩ'));
    await association.release();
    expect(opened.access.events).toEqual([]);
  });

  it.each<[string, number, Buffer | string, string, string]>([
    ['a wrong passcode', 2, 'bác.sĩ', 'wrong', 'The user name or the password is wrong.'],
    ['a Kerberos ticket', 3, 'ticket', '', 'a Kerberos ticket'],
    ['a SAML assertion', 4, '<saml/>', '', 'a SAML assertion'],
    ['a JSON Web Token', 5, 'a.b.c', '', 'a JSON Web Token'],
    ['a type that is none', 77, 'x', '', 'type 77'],
  ])('is refused with %s', async (_, type, primary, secondary, words) => {
    await expect(call('XA03', undefined, named(type, String(primary), secondary))).rejects.toMatchObject({
      code: 'rejected',
      message: expect.stringContaining('no reason given'),
    });
    expect(opened.log.lines).toEqual([expect.stringContaining(words)]);
    expect(opened.log.lines.join()).not.toContain('bác.sĩ');
  });

  it('that is no text is refused', async () => {
    const userIdentity = {
      type: 2,
      positiveResponseRequested: true,
      primary: Uint8Array.of(0xff),
      secondary: Uint8Array.of(0xff),
    };
    await expect(call('XA03', undefined, { userIdentity })).rejects.toMatchObject({ code: 'rejected' });
  });
});
