import { connect as connectPlain, createServer, type Server, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Issued, SERVER_AUTH, selfSigned, TestAuthority } from '../../../test/certificates.ts';
import { RouterError } from '../../errors.ts';
import type { PeerCertificate } from './certificate.ts';
import { secureClient, type TlsClient } from './tls-client.ts';
import { TlsListener, type TlsService } from './tls-listener.ts';

let authority: TestAuthority;
let foreign: TestAuthority;
let ours: Issued;
let theirs: Issued;

beforeAll(async () => {
  [authority, foreign] = await Promise.all([TestAuthority.make(), TestAuthority.make('Foreign authority')]);
  [ours, theirs] = await Promise.all([authority.issue({ name: 'filmless' }), authority.issue()]);
});

let servers: Server[];

beforeEach(() => {
  servers = [];
});

afterEach(async () => {
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
});

async function open(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** What a listener makes of one connection: the certificate shown, or the error. */
interface Seen {
  readonly port: number;
  readonly listener: TlsListener;
  readonly results: Promise<PeerCertificate | RouterError | undefined>[];
}

async function listening(changes: Partial<TlsService> = {}, handshakeMs = 5000): Promise<Seen> {
  const listener = new TlsListener({ identity: ours, authorities: authority.pem, ...changes }, handshakeMs);
  const results: Seen['results'] = [];
  const server = createServer({ pauseOnConnect: true }, (accepted) => {
    results.push(
      listener.secure(accepted).then(
        ({ socket, certificate }) => {
          socket.on('error', () => undefined);
          socket.end('hello');
          return certificate;
        },
        (error: unknown) => {
          accepted.destroy();
          return error instanceof RouterError ? error : new RouterError('protocol', String(error));
        },
      ),
    );
  });
  return { port: await open(server), listener, results };
}

/** What a client gets to read, or the code of its error. */
function ask(port: number, options: ConnectionOptions = {}): Promise<string> {
  return new Promise((resolve) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    socket.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    socket.on('close', () => resolve(text));
  });
}

describe('a TLS port', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('speaks %s and sees whom the hospital vouches for', async (version) => {
    const { port, results } = await listening();
    expect(await ask(port, { ...theirs, minVersion: version, maxVersion: version })).toBe('hello');
    const seen = await results[0];
    expect(seen).toMatchObject({ subject: 'CN=ct01', fingerprint: theirs.fingerprint, verified: true, valid: true });
    expect(seen).not.toBeInstanceOf(RouterError);
    expect((seen as PeerCertificate).isFor('localhost')).toBe(true);
    expect((seen as PeerCertificate).isFor('127.0.0.1')).toBe(true);
    expect((seen as PeerCertificate).isFor('10.0.0.1')).toBe(false);
  });

  it.each<[string, () => Promise<Issued | undefined>, object]>([
    ['nothing is shown', async () => undefined, {}],
    [
      'it vouches for itself',
      () => selfSigned(),
      { verified: false, valid: true, problem: expect.stringContaining('vouches for its certificate itself') },
    ],
    [
      'a foreign authority vouches for it',
      () => foreign.issue(),
      { verified: false, problem: expect.stringContaining('is not believed here') },
    ],
    [
      'it has expired',
      () => authority.issue({ from: -20, until: -10 }),
      { verified: false, valid: false, problem: 'its certificate has expired' },
    ],
    [
      'it is not valid yet',
      () => authority.issue({ from: 10 }),
      { verified: false, valid: false, problem: expect.stringContaining('not valid yet') },
    ],
    [
      'it is a server alone',
      () => authority.issue({ usages: [SERVER_AUTH] }),
      { verified: false, problem: expect.stringContaining('extended key usage') },
    ],
  ])('tells that of a certificate: %s', async (_, shown, expected) => {
    const { port, results } = await listening();
    expect(await ask(port, (await shown()) ?? {})).toBe('hello');
    expect((await results[0]) ?? {}).toMatchObject(expected);
  });

  it('believes nobody without authorities, those of the web neither', async () => {
    const { port, results } = await listening({ authorities: undefined });
    expect(await ask(port, theirs)).toBe('hello');
    expect(await results[0]).toMatchObject({ verified: false });
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)('does not speak %s, and says so to both sides', async (version) => {
    const { port, results } = await listening();
    const old = { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' };
    expect(await ask(port, old)).toMatch(/ALERT_PROTOCOL_VERSION/);
    expect(await results[0]).toMatchObject({ message: 'TLS handshake: it knows no TLS of version 1.2 or newer' });
  });

  it.each(['AES128-SHA', 'ECDHE-ECDSA-AES128-SHA256', 'DHE-RSA-AES128-GCM-SHA256'])('agrees to no %s', async (ciphers) => {
    const { port, results } = await listening();
    expect(await ask(port, { maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` })).toMatch(/ALERT_HANDSHAKE_FAILURE/);
    expect(await results[0]).toMatchObject({ message: expect.stringContaining('no cipher suite of the BCP 195 profile') });
  });

  it('says of who speaks in the clear, hangs up or says nothing what it was', async () => {
    const { port, results } = await listening({}, 100);
    const plain = async (act: (socket: Socket) => void) => {
      const socket = connectPlain(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.once('connect', () => act(socket));
      await new Promise((resolve) => socket.once('close', resolve).resume());
    };
    // The beginning of an A-ASSOCIATE-RQ. PS3.8 9.3.2.
    await plain((socket) => socket.write(Buffer.from('0100000000cd00010000', 'hex')));
    await plain((socket) => socket.write('GET / HTTP/1.1\r\n\r\n'));
    await plain((socket) => socket.end());
    await plain((socket) => socket.write(Buffer.from('160301', 'hex')));
    const messages = (await Promise.all(results)).map((seen) => (seen instanceof RouterError ? seen.message : seen));
    expect(messages).toEqual([
      'TLS handshake: it does not speak TLS on this port',
      'TLS handshake: it speaks HTTP, not TLS',
      expect.stringMatching(/^TLS handshake: .*closed/),
      'TLS handshake: it did not finish the TLS handshake in time',
    ]);
  });

  it('shows another certificate, and believes another authority, from the next connection on', async () => {
    const { port, listener, results } = await listening();
    const renewed = await foreign.issue({ name: 'filmless' });
    listener.renew({ identity: renewed, authorities: foreign.pem });
    await expect(ask(port, { ca: authority.pem, rejectUnauthorized: true })).resolves.toMatch(/VERIFY|SELF_SIGNED|ISSUER/);
    expect(await ask(port, { ...theirs, ca: foreign.pem, rejectUnauthorized: true })).toBe('hello');
    expect(await results.at(-1)).toMatchObject({ verified: false });
    expect(() => listener.renew({ identity: { cert: renewed.cert, key: theirs.key } })).toThrow();
    expect(await ask(port, { ca: foreign.pem, rejectUnauthorized: true })).toBe('hello');
  });
});

describe('calling by TLS', () => {
  const call = async (port: number, client: TlsClient = {}, host = '127.0.0.1') => {
    const socket = connectPlain(port, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    return await secureClient(socket, { authorities: authority.pem, ...client }, { host, port, handshakeMs: 2000 });
  };

  async function peer(shown: Issued, options: TlsOptions = {}): Promise<number> {
    const server = createTlsServer({ ...shown, ...options }, (socket) => {
      socket.on('error', () => undefined);
      socket.end(`hello ${socket.authorized}`);
    });
    server.on('tlsClientError', (_, socket) => socket.destroy());
    return await open(server);
  }

  it('reaches who is vouched for, and shows its own certificate', async () => {
    const port = await peer(theirs, { requestCert: true, ca: authority.pem });
    const socket = await call(port, { identity: ours });
    const [text] = await socket.setEncoding('utf8').toArray();
    expect(text).toBe('hello true');
  });

  it('takes a certificate that is entered by its fingerprint, whoever signed it and whatever its name is', async () => {
    const own = await selfSigned({ hosts: ['elsewhere'], addresses: [] });
    const socket = await call(await peer(own), { fingerprint: own.fingerprint });
    expect(socket.getProtocol()).toBe('TLSv1.3');
    socket.destroy();
  });

  it('takes the name that is entered in place of the host', async () => {
    const port = await peer(await authority.issue({ hosts: ['pacs.hospital'], addresses: [] }));
    const socket = await call(port, { name: 'pacs.hospital' });
    socket.destroy();
    await expect(call(port)).rejects.toMatchObject({
      code: 'untrusted',
      message: `TLS with 127.0.0.1:${port}: its certificate is issued to another name: it should be "127.0.0.1"; enter the right one as the name`,
    });
  });

  it.each<[string, () => Promise<number>, TlsClient, string]>([
    ['has expired', async () => peer(await authority.issue({ from: -9, until: -2 })), {}, 'its certificate has expired'],
    [
      'is of another authority',
      async () => peer(await foreign.issue()),
      {},
      'the authority of its certificate is not believed here',
    ],
    ['vouches for itself', async () => peer(await selfSigned()), {}, 'it vouches for its certificate itself'],
    ['is another than that entered', () => peer(theirs), { fingerprint: 'AB'.repeat(32) }, 'its certificate is another'],
    [
      'speaks TLS 1.1 alone',
      () => peer(theirs, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
      {},
      'version',
    ],
    [
      'has no cipher suite of ours',
      () => peer(theirs, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' }),
      {},
      'cipher suite',
    ],
  ])('fails in words with a peer that %s', async (_, start, client, words) => {
    await expect(call(await start(), client)).rejects.toMatchObject({
      code: 'untrusted',
      message: expect.stringContaining(words),
    });
  });

  it('refuses a certificate that was entered and has expired since', async () => {
    const own = await selfSigned({ from: -9, until: -1 });
    await expect(call(await peer(own), { fingerprint: own.fingerprint })).rejects.toThrow('has expired');
  });

  it('says of a peer in the clear that it speaks no TLS, and waits for a silent one no longer than it may', async () => {
    const plain = await open(
      createServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end('220 ready\r\n'))),
    );
    await expect(call(plain)).rejects.toMatchObject({
      code: 'untrusted',
      message: expect.stringContaining('does not speak TLS'),
    });
    const silent = await open(createServer((socket) => socket.on('error', () => undefined).resume()));
    const socket = connectPlain(silent, '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    const called = { host: '127.0.0.1', port: silent, handshakeMs: 50 };
    await expect(secureClient(socket, {}, called)).rejects.toMatchObject({ code: 'timeout' });
    expect(socket.destroyed).toBe(true);
    const closing = await open(createServer((accepted) => accepted.on('error', () => undefined).destroy()));
    await expect(call(closing)).rejects.toThrow('closed the connection during the TLS handshake');
  });
});
