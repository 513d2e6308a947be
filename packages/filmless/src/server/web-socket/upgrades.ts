import { createHash } from 'node:crypto';
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Bindings, TextChannel } from '@filmless/access';
import { SERVER_LIMITS } from '../../limits.ts';
import { WebSocketChannel } from './web-socket.ts';

type Open = (channel: TextChannel) => Disposable;

/** A request to become a WebSocket, while the application decides. */
interface Asked {
  readonly socket: Socket;
  readonly head: Uint8Array;
  readonly key: string;
  open: Open | undefined;
}

/** RFC 6455 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
/** What an application answers that has accepted. */
const ACCEPTED = 204;
/** A connection that never came to be. */
const NOWHERE: TextChannel = { send: () => undefined, close: () => undefined };
const KEY = /^[A-Za-z0-9+/]{22}==$/;

/** Whether a request asks for a WebSocket in the one form there is; any other upgrade is not heard of, and the request answered. RFC 6455 4.2.1. */
export function asksForWebSocket({ method, headers }: IncomingMessage): boolean {
  return (
    method === 'GET' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    KEY.test(headers['sec-websocket-key'] ?? '')
  );
}

/** Requests that may become WebSockets: the application answers them as any other, and accepts or does not. */
export class Upgrades {
  readonly #asked = new WeakMap<IncomingMessage, Asked>();
  readonly #open = new Set<WebSocketChannel>();
  readonly #unanswered = new Set<Socket>();

  /** A response for a request whose connection the server's parser has let go. */
  begin(incoming: IncomingMessage, socket: Socket, head: Uint8Array): ServerResponse {
    this.#asked.set(incoming, { socket, head, key: incoming.headers['sec-websocket-key'] ?? '', open: undefined });
    const outgoing = new ServerResponse(incoming);
    outgoing.shouldKeepAlive = false;
    outgoing.assignSocket(socket);
    this.#unanswered.add(socket);
    outgoing.once('finish', () => endForGood(socket));
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#unanswered.delete(socket));
    return outgoing;
  }

  /** What the application gets beside the request. */
  bindings(incoming: IncomingMessage): Pick<Bindings, 'webSocket'> {
    const asked = this.#asked.get(incoming);
    return asked === undefined
      ? {}
      : {
          webSocket: (open) => {
            asked.open = open;
          },
        };
  }

  /** Makes the connection a WebSocket where the application has accepted it; true then, and there is nothing to answer. RFC 6455 4.2.2. */
  finish(incoming: IncomingMessage, outgoing: ServerResponse, status: number): boolean {
    const asked = this.#asked.get(incoming);
    if (asked?.open === undefined) {
      return false;
    }
    if (status !== ACCEPTED) {
      asked.open(NOWHERE)[Symbol.dispose]();
      return false;
    }
    const { socket, head, key, open } = asked;
    const requestId = outgoing.getHeader('x-request-id');
    outgoing.detachSocket(socket);
    this.#unanswered.delete(socket);
    const accept = createHash('sha1').update(`${key}${GUID}`).digest('base64');
    socket.write(
      [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Accept: ${accept}`,
        ...(typeof requestId === 'string' ? [`X-Request-Id: ${requestId}`] : []),
        '\r\n',
      ].join('\r\n'),
    );
    let opened: Disposable | undefined;
    let isOver = false;
    const channel: WebSocketChannel = new WebSocketChannel(socket, head, () => {
      isOver = true;
      this.#open.delete(channel);
      opened?.[Symbol.dispose]();
    });
    this.#open.add(channel);
    opened = open(channel);
    if (isOver || socket.destroyed) {
      opened[Symbol.dispose]();
    }
    return true;
  }

  /** Ends all: their clients come back by themselves, and are asked anew who they are. */
  endAll(): void {
    for (const channel of this.#open) {
      channel.goAway();
    }
    for (const socket of this.#unanswered) {
      endForGood(socket);
    }
  }
}

/** NOTE: the server's limits of time have let go of it with the upgrade: who stays, or goes on to send, must not keep it. */
function endForGood(socket: Socket): void {
  socket.resume();
  socket.end();
  setTimeout(() => socket.destroy(), SERVER_LIMITS.webSocketClose).unref();
}
