import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { messageOf, RouterError } from '../../errors.ts';
import type { Finding } from '../../finding.ts';
import { type PeerCertificate, peerCertificate } from './certificate.ts';
import { tlsCause, tlsProblem } from './problem.ts';
import { TLS_PROFILE, type TlsIdentity } from './profile.ts';

/** What a TLS port shows, and whom it believes. */
export interface TlsService {
  readonly identity: TlsIdentity;
  /** PEM of the authorities that vouch for peers; none are believed without it, whatever the machine believes. */
  readonly authorities?: string | undefined;
}

/** A connection after its handshake. */
export interface Secured {
  readonly socket: TLSSocket;
  /** What the peer has shown; undefined when that was nothing. */
  readonly certificate: PeerCertificate | undefined;
}

/** SSL_OP_NO_TICKET: each connection shows its certificate anew, so that a renewed list of authorities holds for all. */
const NO_TICKET = 0x4000;

/**
 * The server's side of TLS handshakes on sockets that somebody else accepted, counted and may close. A certificate is asked for and
 * judged, not demanded: what becomes of a peer without one is decided when it says who it is.
 */
export class TlsListener {
  readonly #server: Server;
  readonly #waiting = new WeakMap<object, PromiseWithResolvers<Secured>>();

  /** @throws when certificate and key are none, or do not belong together */
  constructor(service: TlsService, handshakeMs: number) {
    this.#server = createServer({
      ...contextOptions(service),
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: handshakeMs,
    });
    this.#server.on('secureConnection', (socket) => this.#secured(socket));
    this.#server.on('tlsClientError', (error, socket) => {
      const problem = tlsProblem(error) ?? messageOf(error);
      const finding: Finding = { cause: tlsCause(error, 'server'), facts: {} };
      this.#of(socket)?.reject(new RouterError('protocol', `TLS handshake: ${problem}`, { cause: error, finding }));
      socket.destroy();
    });
  }

  /** From the next handshake on. @throws as the constructor */
  renew(service: TlsService): void {
    this.#server.setSecureContext(contextOptions(service));
  }

  /** @throws RouterError `protocol` in words when there is no handshake; `closed` when the socket is closed before */
  async secure(accepted: Socket): Promise<Secured> {
    const waiting = Promise.withResolvers<Secured>();
    this.#waiting.set(accepted, waiting);
    const finding: Finding = { cause: 'tls-closed', facts: {} };
    const closed = () => waiting.reject(new RouterError('closed', 'TLS handshake: the connection was closed', { finding }));
    accepted.once('close', closed);
    this.#server.emit('connection', accepted);
    try {
      return await waiting.promise;
    } finally {
      accepted.off('close', closed);
      this.#waiting.delete(accepted);
    }
  }

  #secured(socket: TLSSocket): void {
    // RFC 9325 3.5: nothing of DICOM needs a renegotiation, and each costs as much as a handshake.
    socket.disableRenegotiation();
    const waiting = this.#of(socket);
    if (waiting === undefined) {
      socket.destroy();
      return;
    }
    const shown = socket.getPeerX509Certificate();
    const certificate = shown === undefined ? undefined : peerCertificate(shown, Date.now(), whyNot(socket));
    waiting.resolve({ socket, certificate });
  }

  /** NOTE: Node tells of a secured socket, but not of which it was; it keeps that one under this name. */
  #of(socket: TLSSocket): PromiseWithResolvers<Secured> | undefined {
    const accepted: unknown = Reflect.get(socket, '_parent');
    return typeof accepted === 'object' && accepted !== null ? this.#waiting.get(accepted) : undefined;
  }
}

function contextOptions({ identity, authorities }: TlsService) {
  return {
    ...TLS_PROFILE,
    ...identity,
    // An empty list: without any Node would believe the authorities of the web.
    ca: authorities ?? [],
    honorCipherOrder: true,
    secureOptions: NO_TICKET,
    sessionIdContext: 'filmless-dicom',
  };
}

function whyNot({ authorized, authorizationError }: TLSSocket): string | undefined {
  return authorized ? undefined : (tlsProblem(String(authorizationError)) ?? String(authorizationError));
}
