import { createServer, type Server, type Socket } from 'node:net';
import { messageOf } from '../errors.ts';
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
} from './negotiation.ts';
import type { AssociateRq } from './pdu/model.ts';
import { RateLimiter } from './rate-limiter.ts';
import { readIntoBuffer } from './receive-buffer.ts';
import { type Rejection, type RejectionReason, rejectPdu } from './rejection.ts';
import { Seldom } from './seldom.ts';

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
}

export interface AcceptorOptions {
  readonly host: string;
  readonly port: number;
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
  /** Connections open now. */
  readonly size: number;
  /** Those of them that are associations. */
  readonly associations: number;
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
/** An address with fewer connections than this may take the place of one that only waits. */
const FEW_CONNECTIONS = 2;

/** A connection that is open. */
interface Caller {
  readonly id: string;
  readonly address: string;
  readonly connection: Connection;
  /** It is an association: nothing else may take its place. */
  working: boolean;
  /** Why it was closed here. */
  closedFor?: string;
}

class SocketAcceptor implements Acceptor {
  readonly #options: AcceptorOptions;
  readonly #server: Server;
  readonly #rate: RateLimiter;
  readonly #crowds: Seldom;
  /** In the order they came. */
  readonly #open = new Map<Socket, Caller>();
  readonly #serving = new Set<Promise<void>>();
  readonly #associations = new Set<Association>();
  readonly #stop = new AbortController();

  constructor(options: AcceptorOptions) {
    this.#options = options;
    const { connectionsPerSecond, addresses } = options.limits;
    this.#rate = new RateLimiter(connectionsPerSecond, addresses, () => performance.now());
    this.#crowds = new Seldom(CROWD_MS, addresses, () => performance.now());
    this.#server = createServer({ pauseOnConnect: true }, (socket) => this.#connected(socket));
  }

  get size(): number {
    return this.#open.size;
  }

  get associations(): number {
    return this.#associations.size;
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
    for (const { connection } of this.#open.values()) {
      connection.hurry(LAST_WORDS_MS);
    }
    await Promise.all(this.#serving);
    clearTimeout(abort);
    await closed;
  }

  #abortAll(): void {
    for (const association of this.#associations) {
      association.abort();
    }
  }

  #connected(accepted: Socket): void {
    // An IPv4 peer of a socket that listens on both.
    const address = (accepted.remoteAddress ?? '').replace(/^::ffff:/, '');
    const id = newAssociationId();
    if (this.#stop.signal.aborted || address === '' || !this.#hasPlace(id, address)) {
      accepted.destroy();
      return;
    }
    const { socket, buffer } = readIntoBuffer(accepted, this.#options.limits.readAheadBytes);
    const connection = new Connection(socket, 'acceptor', this.#options.limits, buffer);
    const caller: Caller = { id, address, connection, working: false };
    const served = this.#serve(caller, this.#rate.admit(address))
      .catch((error: unknown) => this.#options.failed(error, id))
      .finally(() => {
        socket.destroy();
        this.#open.delete(socket);
        this.#serving.delete(served);
      });
    this.#open.set(socket, caller);
    this.#serving.add(served);
  }

  /**
   * Whether an address may have another connection, from the moment it connects: a silent one takes a place too.
   * NOTE: connections over the limits of associations are still told why, up to as many again; more are closed without a word.
   */
  #hasPlace(id: string, address: string): boolean {
    const { associations, associationsPerAddress } = this.#options.limits;
    const same = [...this.#open.values()].filter((other) => other.address === address).length;
    if (same < 2 * associationsPerAddress) {
      return this.#open.size < 2 * associations || this.#makeRoom(address, same);
    }
    if (this.#crowds.due(address)) {
      const detail = `${same} connections from ${address} are open, the limit for one address: further ones are closed`;
      this.#options.refused({ id, address, detail });
    }
    return false;
  }

  /**
   * Closes a connection without an association: the newest of the address that has most, if it has more than the newcomer; else the
   * oldest of all, for who wants something asks for it at once; but not for an address that has connections already.
   */
  #makeRoom(newcomer: string, same: number): boolean {
    let most: readonly (readonly [Socket, Caller])[] = [];
    for (const group of Map.groupBy(this.#open, ([, { address }]) => address).values()) {
      most = group.length > most.length && group.some(([, { working }]) => !working) ? group : most;
    }
    const crowded = most.length > same + 1;
    const left = crowded
      ? most.findLast(([, { working }]) => !working)
      : [...this.#open].find(([, { working }]) => !working && same < FEW_CONNECTIONS);
    if (left === undefined) {
      return false;
    }
    const [socket, caller] = left;
    const why = crowded ? `${most.length} connections from ${caller.address} were open` : 'it had asked for nothing for longest';
    caller.closedFor = `closed to make room for ${newcomer}: ${why}`;
    this.#open.delete(socket);
    socket.destroy();
    return true;
  }

  /** Decided when an association is asked for: connections that only wait count for nothing here. */
  #congestion(address: string, admitted: boolean): Rejection | undefined {
    if (!admitted) {
      return { reason: 'temporary congestion', detail: `${address} connects too often` };
    }
    const { associations, associationsPerAddress, reservedAssociations } = this.#options.limits;
    const all = this.#associations.size;
    const same = [...this.#associations].filter(({ peer }) => peer.address === address).length;
    const exceeded = (detail: string): Rejection => ({ reason: 'local limit exceeded', detail });
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

  async #serve(caller: Caller, admitted: boolean): Promise<void> {
    const { limits } = this.#options;
    const { id, address, connection } = caller;
    const indication = await connection.next(2 * limits.artimMs);
    if (indication.kind !== 'associate') {
      const detail = caller.closedFor ?? (indication.kind === 'aborted' ? indication.error.message : indication.kind);
      this.#options.refused({ id, address, detail });
      await connection.closed;
      return;
    }
    const request = indication.pdu;
    const origin: Origin = { address, secure: false };
    const decision = await this.#decide(request, origin, admitted);
    if ('rejection' in decision) {
      await this.#reject(caller, request, decision.rejection);
      return;
    }
    caller.working = true;
    await this.#accept(caller, request, origin, decision).finally(() => {
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
    if (rejection !== undefined) {
      return { rejection };
    }
    return userIdentity === undefined ? {} : await policy.identity(userIdentity, request, origin);
  }

  async #reject({ id, address, connection }: Caller, request: AssociateRq, rejection: Rejection): Promise<void> {
    const { callingAe, calledAe } = request;
    const { reason } = rejection;
    this.#options.refused({ id, address, callingAe, calledAe, reason, detail: `${reason}: ${rejection.detail}` });
    connection.send('rejectResponded', rejectPdu(reason));
    await connection.closed;
  }

  async #accept(
    { id, connection }: Caller,
    request: AssociateRq,
    origin: Origin,
    { user, response }: Exclude<IdentityDecision, { rejection: Rejection }>,
  ): Promise<void> {
    const { limits, policy } = this.#options;
    const accept = answer(request, policy, limits, request.user.userIdentity?.positiveResponseRequested ? response : undefined);
    connection.send('acceptResponded', accept);
    const negotiation = { proposed: request, answered: accept };
    const agreement = {
      peer: peerOf(request, origin, user),
      role: 'acceptor',
      contexts: agreedContexts(negotiation),
      window: agreedWindow(negotiation, 'acceptor'),
      maxFragmentBytes: fragmentBytes(request.user, limits.pduBytes),
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
    return { reason: 'no reason given (provider)', detail: messageOf(error) };
  }
}

function peerOf({ callingAe, calledAe, user }: AssociateRq, origin: Origin, identified: PeerUser | undefined): Peer {
  return {
    ...origin,
    callingAe,
    calledAe,
    implementationClassUid: user.implementationClassUid,
    ...(user.implementationVersionName === undefined ? {} : { implementationVersionName: user.implementationVersionName }),
    ...(identified === undefined ? {} : { user: identified }),
  };
}
