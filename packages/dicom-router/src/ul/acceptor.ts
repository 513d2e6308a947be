import { createServer, type Server, type Socket } from 'node:net';
import { messageOf, type RouterError } from '../errors.ts';
import type { RouterLimits } from '../limits.ts';
import { type Association, fragmentBytes, type Peer, SocketAssociation } from './association.ts';
import { Connection } from './connection.ts';
import { type AcceptorPolicy, agreedContexts, answer, basicRejection } from './negotiation.ts';
import type { AssociateRq } from './pdu/model.ts';
import { RateLimiter } from './rate-limiter.ts';
import { type Rejection, type RejectionReason, rejectPdu } from './rejection.ts';

/** What the acceptor tells of connections that did not become associations. */
export interface Refused {
  readonly address: string;
  readonly callingAe?: string;
  readonly calledAe?: string;
  /** What the peer was told; none when there was no request to reject. */
  readonly reason?: RejectionReason;
  readonly detail: string;
}

export interface AcceptorOptions {
  readonly host: string;
  readonly port: number;
  readonly limits: RouterLimits;
  readonly policy: AcceptorPolicy;
  /** Serves one association to its end, soon once `stop` is aborted; a rejection of the promise aborts it. */
  readonly serve: (association: Association, stop: AbortSignal) => Promise<void>;
  readonly refused: (refused: Refused) => void;
  readonly failed: (error: unknown) => void;
}

/** A listening socket and the associations that came in by it. */
export interface Acceptor extends AsyncDisposable {
  readonly port: number;
  /** Connections open now. */
  readonly size: number;
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

class SocketAcceptor implements Acceptor {
  readonly #options: AcceptorOptions;
  readonly #server: Server;
  readonly #rate: RateLimiter;
  readonly #open = new Map<Socket, { readonly address: string; readonly served: Promise<void> }>();
  readonly #associations = new Set<Association>();
  readonly #stop = new AbortController();

  constructor(options: AcceptorOptions) {
    this.#options = options;
    const { connectionsPerSecond, addresses } = options.limits;
    this.#rate = new RateLimiter(connectionsPerSecond, addresses, () => performance.now());
    this.#server = createServer((socket) => this.#connected(socket));
  }

  get size(): number {
    return this.#open.size;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async start(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once('error', reject);
    this.#server.listen({ host: this.#options.host, port: this.#options.port, backlog: 512 }, resolve);
    await promise;
    this.#server.off('error', reject);
    this.#server.on('error', (error) => this.#options.failed(error));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const abort = setTimeout(() => this.#abortAll(), this.#options.limits.closeMs);
    this.#stop.abort();
    await Promise.allSettled([...this.#open.values()].map(({ served }) => served));
    clearTimeout(abort);
    await closed;
  }

  #abortAll(): void {
    for (const association of this.#associations) {
      association.abort();
    }
    for (const socket of this.#open.keys()) {
      socket.destroySoon();
    }
    // A peer that takes no bytes would keep its socket open until it has taken the abort.
    setTimeout(() => this.#destroyAll(), LAST_WORDS_MS).unref();
  }

  #destroyAll(): void {
    for (const socket of this.#open.keys()) {
      socket.destroy();
    }
  }

  #connected(socket: Socket): void {
    const { limits } = this.#options;
    // An IPv4 peer of a socket that listens on both.
    const address = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
    // NOTE: connections over the limit are still told why, up to as many again; a flood beyond that is cut off.
    if (this.#stop.signal.aborted || address === '' || this.#open.size >= 2 * limits.associations) {
      socket.destroy();
      return;
    }
    const congestion = this.#congestion(address);
    const served = this.#serve(socket, address, congestion)
      .catch((error: unknown) => this.#options.failed(error))
      .finally(() => {
        socket.destroy();
        this.#open.delete(socket);
      });
    this.#open.set(socket, { address, served });
  }

  #congestion(address: string): Rejection | undefined {
    const { associations, associationsPerAddress } = this.#options.limits;
    if (!this.#rate.admit(address)) {
      return { reason: 'temporary congestion', detail: `${address} connects too often` };
    }
    if (this.#open.size >= associations) {
      return { reason: 'local limit exceeded', detail: `${associations} associations are open, the limit` };
    }
    const same = [...this.#open.values()].filter((other) => other.address === address).length;
    return same >= associationsPerAddress
      ? { reason: 'local limit exceeded', detail: `${same} associations from ${address} are open, the limit for one address` }
      : undefined;
  }

  async #serve(socket: Socket, address: string, congestion: Rejection | undefined): Promise<void> {
    const { limits, policy } = this.#options;
    const connection = new Connection(socket, 'acceptor', limits);
    const indication = await connection.next(2 * limits.artimMs);
    if (indication.kind !== 'associate') {
      const detail = indication.kind === 'aborted' ? indication.error.message : indication.kind;
      this.#options.refused({ address, detail });
      await connection.closed;
      return;
    }
    const request = indication.pdu;
    const rejection = congestion ?? basicRejection(request) ?? policy.reject(request, address);
    if (rejection !== undefined) {
      await this.#reject(connection, request, address, rejection);
      return;
    }
    await this.#accept(connection, request, address);
  }

  async #reject(connection: Connection, request: AssociateRq, address: string, rejection: Rejection): Promise<void> {
    const { callingAe, calledAe } = request;
    const { reason } = rejection;
    this.#options.refused({ address, callingAe, calledAe, reason, detail: `${reason}: ${rejection.detail}` });
    connection.send('rejectResponded', rejectPdu(reason));
    await connection.closed;
  }

  async #accept(connection: Connection, request: AssociateRq, address: string): Promise<void> {
    const { limits, policy } = this.#options;
    const accept = answer(request, policy, limits.pduBytes);
    let maxFragmentBytes: number;
    try {
      maxFragmentBytes = fragmentBytes(request.user, limits.pduBytes);
    } catch (error) {
      const { message } = error as RouterError;
      await this.#reject(connection, request, address, { reason: 'no reason given (provider)', detail: message });
      return;
    }
    connection.send('acceptResponded', accept);
    const association = new SocketAssociation(
      connection,
      peerOf(request, address),
      agreedContexts(request.contexts, accept.contexts),
      { maxFragmentBytes, responseMs: limits.responseMs },
    );
    this.#associations.add(association);
    try {
      await this.#options.serve(association, this.#stop.signal);
    } catch (error) {
      association.abort();
      this.#options.failed(new Error(`association with ${request.callingAe}: ${messageOf(error)}`, { cause: error }));
    } finally {
      this.#associations.delete(association);
    }
    await connection.closed;
  }
}

function peerOf(request: AssociateRq, address: string): Peer {
  const { callingAe, calledAe, user } = request;
  return {
    callingAe,
    calledAe,
    address,
    implementationClassUid: user.implementationClassUid,
    ...(user.implementationVersionName === undefined ? {} : { implementationVersionName: user.implementationVersionName }),
  };
}
