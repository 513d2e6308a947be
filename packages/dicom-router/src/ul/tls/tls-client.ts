import { isIP, type Socket } from 'node:net';
import { checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import { messageOf, RouterError } from '../../errors.ts';
import type { Cause, Facts, Finding } from '../../finding.ts';
import { canonicalFingerprint } from './fingerprint.ts';
import { tlsCause, tlsProblem } from './problem.ts';
import { TLS_PROFILE, type TlsIdentity } from './profile.ts';

/** How a peer is called by TLS. */
export interface TlsClient {
  /** PEM of the authorities that are believed; those of the web unless given. */
  readonly authorities?: string | undefined;
  /** Shown when the peer asks for a certificate. */
  readonly identity?: TlsIdentity | undefined;
  /** The name that the peer's certificate must be issued to; the host that is called unless given. */
  readonly name?: string | undefined;
  /** SHA-256 of the peer's certificate: with it no authority and no name counts. */
  readonly fingerprint?: string | undefined;
}

/** Who is called, for the words of an error, and how long the handshake may take. */
export interface Called {
  readonly host: string;
  readonly port: number;
  readonly handshakeMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does the client's side of the TLS handshake on a connected socket, and makes sure of who is there.
 * @throws RouterError `untrusted`, in words that say what to do; `timeout`, `closed`; the socket is destroyed then
 */
export async function secureClient(socket: Socket, client: TlsClient, called: Called): Promise<TLSSocket> {
  const name = client.name ?? called.host;
  // Its errors are those of the socket over it; without a listener one would end the process.
  socket.on('error', () => undefined);
  const secured = connect({
    ...TLS_PROFILE,
    ...client.identity,
    socket,
    // A certificate that is known by itself needs nobody to vouch for it.
    rejectUnauthorized: client.fingerprint === undefined,
    ...(client.authorities === undefined ? {} : { ca: client.authorities }),
    ...(isIP(name) === 0 ? { servername: name } : {}),
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
  });
  try {
    await handshake(secured, called);
    checkFingerprint(secured, client.fingerprint);
    return secured;
  } catch (error) {
    // Read before the socket goes: whoever looks into it may want to enter this certificate.
    const shown = shownBy(secured);
    secured.destroy();
    socket.destroy();
    throw failure(error, name, called, shown);
  }
}

/** What the peer has shown, if it came so far. */
function shownBy(secured: TLSSocket): Facts {
  const certificate = secured.getPeerX509Certificate();
  return certificate === undefined ? {} : { fingerprint: canonicalFingerprint(certificate.fingerprint256) ?? '' };
}

/** How long is listened whether a port speaks TLS at all. */
const PROBE_MS = 2_000;

/** Whether a port that does not answer in the clear speaks TLS; what it shows is not judged, and nothing is said to it. */
export function speaksTls({ host, port }: Pick<Called, 'host' | 'port'>): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect({ host, port, rejectUnauthorized: false, ...(isIP(host) === 0 ? { servername: host } : {}) });
    const timer = setTimeout(() => settle(false), PROBE_MS);
    const settle = (speaks: boolean) => {
      clearTimeout(timer);
      probe.destroy();
      resolve(speaks);
    };
    // An alert is an answer too.
    probe.on('error', (error) => settle(/_ALERT_/.test('code' in error ? String(error.code) : '')));
    probe.once('secureConnect', () => settle(true));
    probe.once('close', () => settle(false));
  });
}

async function handshake(secured: TLSSocket, { handshakeMs, signal }: Called): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(
    () => reject(new RouterError('timeout', `no TLS handshake within ${handshakeMs / 1000} s`)),
    handshakeMs,
  );
  const aborted = () => reject(new RouterError('closed', 'given up'));
  const closed = () => reject(new RouterError('closed', 'it closed the connection during the TLS handshake'));
  secured.once('secureConnect', resolve).once('error', reject).once('close', closed);
  signal?.addEventListener('abort', aborted, { once: true });
  try {
    signal?.throwIfAborted();
    await promise;
  } finally {
    clearTimeout(timer);
    secured.off('close', closed);
    signal?.removeEventListener('abort', aborted);
    // NOTE: the listener of `error` stays until the connection has its own: an error without one would end the process.
  }
}

/** @throws RouterError `untrusted` */
function checkFingerprint(secured: TLSSocket, expected: string | undefined): void {
  if (expected === undefined) {
    return;
  }
  const shown = secured.getPeerX509Certificate();
  const fingerprint = canonicalFingerprint(shown?.fingerprint256 ?? '');
  if (fingerprint !== expected) {
    throw new RouterError('untrusted', `its certificate is another: ${fingerprint}, where ${expected} is entered`, {
      finding: { cause: 'tls-other-certificate', facts: { fingerprint: fingerprint ?? '', expected } },
    });
  }
  if (shown !== undefined && Date.parse(shown.validTo) < Date.now()) {
    throw new RouterError('untrusted', 'its certificate has expired', {
      finding: { cause: 'tls-expired', facts: { fingerprint } },
    });
  }
}

/**
 * NOTE: who speaks TLS shows its certificate or says by an alert what is wrong. Who closes without either did not understand us.
 */
function failure(error: unknown, name: string, { host, port }: Called, shown: Facts): RouterError {
  const where = `TLS with ${host}:${port}`;
  const closed: Cause = shown.fingerprint === undefined ? 'peer-speaks-clear' : 'tls-closed';
  if (error instanceof RouterError) {
    const finding = error.finding ?? { cause: error.code === 'timeout' ? 'timeout-tls' : closed, facts: {} };
    return new RouterError(error.code, `${where}: ${error.message}`, { cause: error, finding });
  }
  const words = tlsProblem(error) ?? messageOf(error);
  const found = tlsCause(error, 'client');
  const cause = found === 'tls-closed' ? closed : found;
  const issued = cause === 'tls-wrong-name' ? `: it should be ${JSON.stringify(name)}; enter the right one as the name` : '';
  const finding: Finding = { cause, facts: { ...shown, ...(issued === '' ? {} : { name }) } };
  return new RouterError('untrusted', `${where}: ${words}${issued}`, { cause: error, finding });
}
