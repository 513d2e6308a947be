import { createServer, type Server, type Socket } from 'node:net';
import { messageOf, RouterError } from '../errors.ts';
import type { Cause, Finding } from '../finding.ts';
import type { RouterLimits } from '../limits.ts';
import { type Association, fragmentBytes, type Peer, type PeerUser, SocketAssociation } from './association.ts';
import { newAssociationId } from './association-id.ts';
import { Connection } from './connection.ts';
import {
  type AcceptorPolicy,
  agreedContexts,
  agreedWindow,
  answer,
  basicRejection,
  type IdentityDecision,
  type Origin,
  refusedContexts,
} from './negotiation.ts';
import { type Caller, OpenConnections } from './open-connections.ts';
import type { AssociateRq } from './pdu/model.ts';
import { RateLimiter } from './rate-limiter.ts';
import { readIntoBuffer } from './receive-buffer.ts';
import { type Rejection, type RejectionReason, rejectPdu } from './rejection.ts';
import { Seldom } from './seldom.ts';
import { type Secured, TlsListener, type TlsService } from './tls/tls-listener.ts';

/** What the acceptor tells of connections that did not become associations. */
export interface Refused {
  /** What the log calls the connection. */
  readonly id: string;
  readonly address: string;
  readonly callingAe?: string;
  readonly calledAe?: string;
  /** What the peer was told; none when there was no request to reject. */
  readonly reason?: RejectionReason;
  readonly detail: string;
  /** It came in by the port for TLS. */
  readonly secure: boolean;
  /** Why, for a program; else it is to be found in `error`. */
  readonly finding?: Finding | undefined;
  readonly error?: unknown;
}

export interface AcceptorOptions {
  readonly host: string;
  readonly port: number;
  /** A second port, on which all is the same but TLS. */
  readonly secure?: { readonly port: number; readonly service: TlsService } | undefined;
  readonly limits: RouterLimits;
  readonly policy: AcceptorPolicy;
  /** Serves one association to its end, soon once `stop` is aborted; a rejection of the promise aborts it. */
  readonly serve: (association: Association, stop: AbortSignal) => Promise<void>;
  readonly refused: (refused: Refused) => void;
  /** A fault of ours; `id` is that of the association it befell. */
  readonly failed: (error: unknown, id?: string) => void;
}

/** A listening socket and the associations that came in by it. */
export interface Acceptor extends AsyncDisposable {
  readonly port: number;
  /** Undefined where nothing speaks TLS. */
  readonly securePort: number | undefined;
  /** Connections open now. */
  readonly size: number;
  /** Those of them that are associations. */
  readonly associations: number;
  /** What is shown and believed from the next connection by TLS on. @throws when certificate and key do not belong together */
  renew(service: TlsService): void;
  /** Takes no more connections; resolves once the last is gone, or aborts what is left after `closeMs`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** @throws when the port cannot be bound */
export async function listen(options: AcceptorOptions): Promise<Acceptor> {
  const acceptor = new SocketAcceptor(options);
  await acceptor.start();
  return acceptor;
}

/** How long an abort at shutdown may take to be sent. */
const LAST_WORDS_MS = 1000;
/** How often a crowd from one address is spoken of. */
const CROWD_MS = 60_000;
/** An address with fewer associations than this has few. */
const FEW_ASSOCIATIONS = 2;

/** A request that nothing speaks against. */
interface Accepted {
  readonly request: AssociateRq;
  readonly origin: Origin;
  readonly user?: PeerUser;
  readonly response?: Uint8Array;
}

class SocketAcceptor implements Acceptor {
  readonly #options: AcceptorOptions;
  readonly #server: Server;
  readonly #secure: { readonly server: Server; readonly listener: TlsListener } | undefined;
  readonly #rate: RateLimiter;
  readonly #crowds: Seldom;
  readonly #open: OpenConnections;
  readonly #serving = new Set<Promise<void>>();
  readonly #associations = new Set<Association>();
  readonly #stop = new AbortController();

  constructor(options: AcceptorOptions) {
    this.#options = options;
    const { connectionsPerSecond, addresses } = options.limits;
    this.#rate = new RateLimiter(connectionsPerSecond, addresses, () => performance.now());
    this.#crowds = new Seldom(CROWD_MS, addresses, () => performance.now());
    this.#open = new OpenConnections(options.limits);
    this.#server = createServer({ pauseOnConnect: true }, (socket) => this.#connected(socket));
    this.#secure = options.secure && this.#secured(options.secure.service);
  }

  /** NOTE: sockets are accepted and counted here, before anything is computed for their handshake. */
  #secured(service: TlsService): { server: Server; listener: TlsListener } {
    const listener = new TlsListener(service, this.#options.limits.handshakeMs);
    const server = createServer({ pauseOnConnect: true }, (socket) => this.#connected(socket, listener));
    return { server, listener };
  }

  get size(): number {
    return this.#open.size;
  }

  get associations(): number {
    return this.#associations.size;
  }

  get port(): number {
    return portOf(this.#server);
  }

  get securePort(): number | undefined {
    return this.#secure && portOf(this.#secure.server);
  }

  renew(service: TlsService): void {
    this.#secure?.listener.renew(service);
  }

  async start(): Promise<void> {
    const { port, secure } = this.#options;
    await this.#listen(this.#server, port);
    if (this.#secure !== undefined && secure !== undefined) {
      try {
        await this.#listen(this.#secure.server, secure.port);
      } catch (error) {
        this.#server.close();
        throw error;
      }
    }
  }

  async #listen(server: Server, port: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen({ host: this.#options.host, port, backlog: 512 }, resolve);
    await promise;
    server.off('error', reject);
    server.on('error', (error) => this.#options.failed(error));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const servers = this.#secure === undefined ? [this.#server] : [this.#server, this.#secure.server];
    const closed = Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    const abort = setTimeout(() => this.#abortAll(), this.#options.limits.closeMs);
    this.#stop.abort();
    this.#open.hurry(LAST_WORDS_MS);
    await Promise.all(this.#serving);
    clearTimeout(abort);
    await closed;
  }

  #abortAll(): void {
    for (const association of this.#associations) {
      association.abort();
    }
  }

  #connected(accepted: Socket, tls?: TlsListener): void {
    // An IPv4 peer of a socket that listens on both.
    const address = (accepted.remoteAddress ?? '').replace(/^::ffff:/, '');
    const id = newAssociationId();
    const refusal = this.#stop.signal.aborted || address === '' ? '' : this.#open.refusal(address);
    if (refusal !== undefined) {
      this.#crowded({ id, address, secure: tls !== undefined }, 'too-many-associations', refusal);
      accepted.destroy();
      return;
    }
    const admitted = this.#rate.admit(address);
    const caller: Caller = { id, address, connection: undefined, working: false };
    if (tls === undefined) {
      const { socket, buffer } = readIntoBuffer(accepted, this.#options.limits.readAheadBytes);
      caller.connection = new Connection(socket, 'acceptor', this.#options.limits, buffer);
      this.#keep(socket, caller, this.#serve(caller, caller.connection, { address, secure: false }, admitted));
    } else {
      this.#keep(accepted, caller, this.#serveSecured(caller, accepted, tls, admitted));
    }
  }

  #keep(socket: Socket, caller: Caller, serving: Promise<void>): void {
    this.#open.add(socket, caller);
    const served = serving
      .catch((error: unknown) => this.#options.failed(error, caller.id))
      .finally(() => {
        socket.destroy();
        this.#open.delete(socket);
        this.#serving.delete(served);
      });
    this.#serving.add(served);
  }

  /** A handshake costs more than the word that refuses it would tell: who connects too often gets none. */
  async #serveSecured(caller: Caller, accepted: Socket, tls: TlsListener, admitted: boolean): Promise<void> {
    const { id, address } = caller;
    // Who is told of a broken socket is its reader; it is closed in any case.
    accepted.on('error', () => undefined);
    if (!admitted) {
      this.#crowded({ id, address, secure: true }, 'too-often', `${address} connects too often: connections by TLS are closed`);
      return;
    }
    let secured: Secured;
    try {
      secured = await tls.secure(accepted);
    } catch (error) {
      this.#options.refused({ id, address, secure: true, ...this.#whyGone(caller, error) });
      return;
    }
    const { socket, certificate } = secured;
    caller.connection = new Connection(socket, 'acceptor', this.#options.limits);
    const origin = { address, secure: true, ...(certificate === undefined ? {} : { certificate }) };
    await this.#serve(caller, caller.connection, origin, admitted);
  }

  #crowded(from: Pick<Refused, 'id' | 'address' | 'secure'>, cause: Cause, detail: string): void {
    if (detail !== '' && this.#crowds.due(from.address)) {
      this.#options.refused({ ...from, detail, finding: { cause, facts: {} } });
    }
  }

  /** Who was closed to make room for another did nothing wrong but to wait. */
  #whyGone({ closedFor }: Caller, error: unknown): Pick<Refused, 'detail' | 'finding' | 'error'> {
    return closedFor === undefined
      ? { detail: messageOf(error), error }
      : { detail: closedFor, finding: { cause: 'too-many-associations', facts: {} } };
  }

  /** Decided when an association is asked for: connections that only wait count for nothing here. */
  #congestion(address: string, admitted: boolean): Rejection | undefined {
    if (!admitted) {
      const detail = `${address} connects too often`;
      return { reason: 'temporary congestion', detail, finding: { cause: 'too-often', facts: {} } };
    }
    const { associations, associationsPerAddress, reservedAssociations } = this.#options.limits;
    const all = this.#associations.size;
    const same = [...this.#associations].filter(({ peer }) => peer.address === address).length;
    const exceeded = (detail: string): Rejection => ({
      reason: 'local limit exceeded',
      detail,
      finding: { cause: 'too-many-associations', facts: { open: all, same } },
    });
    if (all >= associations) {
      return exceeded(`${associations} associations are open, the limit`);
    }
    if (same >= associationsPerAddress) {
      return exceeded(`${same} associations from ${address} are open, the limit for one address`);
    }
    return same >= FEW_ASSOCIATIONS && all >= associations - reservedAssociations
      ? exceeded(`${all} associations are open, ${same} from ${address}: the last are kept for addresses that have few`)
      : undefined;
  }

  async #serve(caller: Caller, connection: Connection, origin: Origin, admitted: boolean): Promise<void> {
    const { limits } = this.#options;
    const { id, address } = caller;
    const indication = await connection.next(2 * limits.artimMs);
    if (indication.kind !== 'associate') {
      const error = indication.kind === 'aborted' ? indication.error : new RouterError('protocol', indication.kind);
      this.#options.refused({ id, address, secure: origin.secure, ...this.#whyGone(caller, error) });
      await connection.closed;
      return;
    }
    const request = indication.pdu;
    const decision = await this.#decide(request, origin, admitted);
    if ('rejection' in decision) {
      await this.#reject(caller, connection, { request, origin }, decision.rejection);
      return;
    }
    caller.working = true;
    await this.#accept(id, connection, { request, origin, ...decision }).finally(() => {
      caller.working = false;
    });
    await connection.closed;
  }

  async #decide(request: AssociateRq, origin: Origin, admitted: boolean): Promise<IdentityDecision> {
    const { limits, policy } = this.#options;
    const rejection =
      this.#congestion(origin.address, admitted) ??
      basicRejection(request) ??
      policy.reject(request, origin) ??
      sizeRejection(request, limits.pduBytes);
    const { userIdentity } = request.user;
    if (rejection !== undefined || userIdentity === undefined) {
      return rejection === undefined ? {} : { rejection };
    }
    const decision = await policy.identity(userIdentity, request, origin);
    // Others were let in while that took its time.
    const congestion = this.#congestion(origin.address, admitted);
    return congestion === undefined ? decision : { rejection: congestion };
  }

  async #reject({ id, address }: Caller, connection: Connection, asked: Accepted, rejection: Rejection): Promise<void> {
    const { callingAe, calledAe } = asked.request;
    const { reason, finding } = rejection;
    const { secure } = asked.origin;
    this.#options.refused({
      id,
      address,
      secure,
      callingAe,
      calledAe,
      reason,
      finding,
      detail: `${reason}: ${rejection.detail}`,
    });
    connection.send('rejectResponded', rejectPdu(reason));
    await connection.closed;
  }

  async #accept(id: string, connection: Connection, { request, origin, user, response }: Accepted): Promise<void> {
    const { limits, policy } = this.#options;
    const accept = answer(request, policy, limits, request.user.userIdentity?.positiveResponseRequested ? response : undefined);
    connection.send('acceptResponded', accept);
    const negotiation = { proposed: request, answered: accept };
    const agreement = {
      peer: peerOf(request, origin, user),
      role: 'acceptor',
      contexts: agreedContexts(negotiation),
      refused: refusedContexts(negotiation),
      window: agreedWindow(negotiation, 'acceptor'),
      maxFragmentBytes: fragmentBytes(request.user, limits.sentPduBytes),
    } as const;
    const association = new SocketAssociation(id, connection, agreement, limits.responseMs);
    this.#associations.add(association);
    try {
      await this.#options.serve(association, this.#stop.signal);
    } catch (error) {
      association.abort();
      this.#options.failed(new Error(`association with ${request.callingAe}: ${messageOf(error)}`, { cause: error }), id);
    } finally {
      this.#associations.delete(association);
    }
  }
}

/** Nothing could be answered in fragments of no length. */
function sizeRejection({ user }: AssociateRq, pduBytes: number): Rejection | undefined {
  try {
    fragmentBytes(user, pduBytes);
    return undefined;
  } catch (error) {
    return {
      reason: 'no reason given (provider)',
      detail: messageOf(error),
      finding: { cause: 'request-malformed', facts: {} },
    };
  }
}

function peerOf(
  { callingAe, calledAe, user }: AssociateRq,
  { address, secure, certificate }: Origin,
  identified: PeerUser | undefined,
): Peer {
  return {
    address,
    secure,
    ...(certificate?.verified === true ? { certificate: certificate.subject } : {}),
    callingAe,
    calledAe,
    implementationClassUid: user.implementationClassUid,
    ...(user.implementationVersionName === undefined ? {} : { implementationVersionName: user.implementationVersionName }),
    ...(identified === undefined ? {} : { user: identified }),
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
