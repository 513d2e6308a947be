import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { AppEnv, Log } from '@filmless/access';
import { SendBuffers, takePieces } from '@filmless/dicom';
import { getRequestListener, RequestError } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { SERVER_LIMITS } from '../limits.ts';
import { type RequestScope, requestId } from '../request-scope.ts';
import type { ServerIdentity } from '../tls/local-authority.ts';
import { breakingOnFailure, discardUnread } from './bodies.ts';
import { clientOf } from './client.ts';
import { ConnectionTurns } from './connection-turns.ts';
import { listenProblem } from './listen-problem.ts';
import type { IsProxy } from './proxies.ts';
import { FAILED, NO_ADDRESS, refusalResponse, refuse, refuseUnreadable, UNKNOWN_EXPECTATION } from './refusals.ts';
import { SEND_LIMITS } from './sending/limits.ts';
import { sendPieces } from './sending/send-pieces.ts';
import { isUpload, uploadRequest } from './upload-body.ts';
import { asksForWebSocket, Upgrades } from './web-socket/upgrades.ts';

export interface HttpServerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly app: OpenAPIHono<AppEnv>;
  /** HTTPS with it, HTTP without. */
  readonly identity: ServerIdentity | undefined;
  /** A proxy on this machine does TLS and names the client. */
  readonly behindProxy: boolean;
  /** Who may say of its clients who they are. */
  readonly isProxy: IsProxy;
  readonly log: Log;
  readonly scope: RequestScope;
  /** Told of bytes that are no HTTP, and where they came from. */
  readonly foreign?: (address: string, first: Uint8Array) => void;
}

/** A listening server. Disposing it lets running requests finish for a while. */
export interface HttpServer extends AsyncDisposable {
  readonly port: number;
  readonly connections: number;
  /** Shows another certificate from the next connection on. */
  renew(identity: ServerIdentity): void;
  /** Ends the streams of events and the WebSockets: their readers come back by themselves, and are asked anew who they are. */
  endEventStreams(): void;
}

const OPTIONS = {
  maxHeaderSize: SERVER_LIMITS.headerBytes,
  headersTimeout: SERVER_LIMITS.headersTimeout,
  requestTimeout: SERVER_LIMITS.requestTimeout,
  keepAliveTimeout: SERVER_LIMITS.keepAliveTimeout,
  connectionsCheckingInterval: SERVER_LIMITS.timeoutCheck,
  insecureHTTPParser: false,
  // A request without Host is refused in words.
  requireHostHeader: false,
  shouldUpgradeCallback: asksForWebSocket,
} as const;

/** @throws ConfigError when the port is taken or the address is not of this machine */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { app, identity, behindProxy, isProxy, log, scope } = options;
  const eventStreams = new Set<ServerResponse>();
  const upgrades = new Upgrades();
  const buffers = new SendBuffers(SEND_LIMITS);
  const listener = getRequestListener(
    async (request, env) => {
      const incoming = env.incoming as IncomingMessage;
      const outgoing = env.outgoing as ServerResponse;
      const peer = incoming.socket.remoteAddress ?? '';
      const received = isUpload(incoming) ? uploadRequest(request, incoming) : request;
      const client = clientOf(peer, incoming.headers, identity !== undefined, isProxy);
      const response = await app.fetch(received, { ...client, ...upgrades.bindings(incoming) });
      if (upgrades.finish(incoming, outgoing, response.status)) {
        return RESPONSE_ALREADY_SENT;
      }
      if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) {
        remember(eventStreams, outgoing);
      }
      void discardUnread(received);
      const pieces = response.body === null ? undefined : takePieces(response.body);
      if (pieces !== undefined) {
        void sendPieces(outgoing, response, pieces, buffers, log);
        return RESPONSE_ALREADY_SENT;
      }
      return breakingOnFailure(response, () => outgoing.destroy(), log);
    },
    {
      overrideGlobalObjects: false,
      errorHandler: (error) => {
        if (error instanceof RequestError) {
          return refusalResponse(NO_ADDRESS);
        }
        log.error({ error: error instanceof Error ? error.stack : String(error) }, 'request failed');
        return refusalResponse(FAILED);
      },
    },
  );
  const turns = new ConnectionTurns(SERVER_LIMITS.pipelined);
  const answer = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    if (!behindProxy) {
      nameOwnPort(incoming);
    }
    const id = requestId(incoming.headers['x-request-id']);
    outgoing.setHeader('x-request-id', id);
    scope.run(id, () => void listener(incoming, outgoing));
  };
  const serve = (incoming: IncomingMessage, outgoing: ServerResponse): void =>
    turns.take(outgoing, () => answer(incoming, outgoing));
  const server =
    identity === undefined
      ? createServer(OPTIONS, serve)
      : createTlsServer({ ...OPTIONS, ...identity, minVersion: 'TLSv1.2' }, serve);
  server.on('checkExpectation', (_, outgoing: ServerResponse) =>
    turns.take(outgoing, () => refuse(outgoing, UNKNOWN_EXPECTATION)),
  );
  server.on('upgrade', (incoming: IncomingMessage, _, head: Buffer) => {
    const { socket } = incoming;
    if (turns.underWay(socket) === undefined) {
      answer(incoming, upgrades.begin(incoming, socket, head));
    } else {
      socket.destroy();
    }
  });
  server.on('clientError', (error: Error, socket: Socket) => {
    tellForeign(options, error, socket);
    refuseUnreadable(error, socket, turns.underWay(socket));
  });
  server.maxConnections = SERVER_LIMITS.connections;
  server.maxHeadersCount = SERVER_LIMITS.headers;
  server.maxRequestsPerSocket = SERVER_LIMITS.requestsPerConnection;
  server.setTimeout(SERVER_LIMITS.idleTimeout);
  const running = new Running(server, eventStreams, upgrades);
  await listen(server, options);
  return running;
}

/**
 * Some clients (dicomweb-client) name the host without its port, and the URLs of their answers would lead elsewhere. Where the
 * host is the very address they reached, nothing stood in between: its port is the socket's. RFC 9110 7.2.
 */
function nameOwnPort({ headers, socket }: IncomingMessage): void {
  const address = socket.localAddress?.replace(/^::ffff:(?=\d+\.)/, '');
  const host = headers.host?.toLowerCase();
  if (address !== undefined && (host === address || host === `[${address}]`)) {
    headers.host = `${host}:${socket.localPort}`;
  }
}

/** The first bytes of what is no HTTP: another part of the product may know what was meant. */
function tellForeign({ foreign }: HttpServerOptions, error: Error, { remoteAddress }: Socket): void {
  if (foreign !== undefined && remoteAddress !== undefined && 'rawPacket' in error && error.rawPacket instanceof Uint8Array) {
    foreign(remoteAddress, error.rawPacket);
  }
}

/** Keeps a stream of events until it is over. */
function remember(streams: Set<ServerResponse>, outgoing: ServerResponse): void {
  streams.add(outgoing);
  outgoing.once('close', () => streams.delete(outgoing));
}

function listen(server: Server, { host, port }: HttpServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenProblem(error, host, port, '--http-port')));
    server.listen({ host, port, exclusive: true, backlog: 511 }, resolve);
  });
}

class Running implements HttpServer {
  readonly #server: Server | TlsServer;
  readonly #sockets = new Set<Socket>();
  readonly #eventStreams: ReadonlySet<ServerResponse>;
  readonly #upgrades: Upgrades;

  constructor(server: Server | TlsServer, eventStreams: ReadonlySet<ServerResponse>, upgrades: Upgrades) {
    this.#server = server;
    this.#upgrades = upgrades;
    this.#eventStreams = eventStreams;
    server.on('connection', (socket: Socket) => {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  get port(): number {
    const address: AddressInfo | string | null = this.#server.address();
    return address === null || typeof address === 'string' ? 0 : address.port;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  renew(identity: ServerIdentity): void {
    if ('setSecureContext' in this.#server) {
      this.#server.setSecureContext(identity);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.endEventStreams();
    // What is being stored gets its time; a connection whose answer is through is closed soon after.
    const idle = setInterval(() => this.#server.closeIdleConnections(), 50);
    const timer = setTimeout(() => this.#server.closeAllConnections(), SERVER_LIMITS.drain);
    await closed;
    clearInterval(idle);
    clearTimeout(timer);
  }

  endEventStreams(): void {
    for (const stream of this.#eventStreams) {
      stream.destroy();
    }
    this.#upgrades.endAll();
  }
}
