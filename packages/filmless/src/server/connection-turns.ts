import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What stands in line on one connection. */
interface Line {
  underWay: ServerResponse;
  readonly waiting: { readonly outgoing: ServerResponse; readonly answer: () => void }[];
}

/**
 * One request of a connection is worked on at a time. Node.js parses what a client sends without waiting for answers
 * (pipelining), and would have every one of them answered at once into its memory, for a client that reads none. They are
 * answered in their order, so waiting costs an honest client nothing. RFC 9112 9.3.2.
 */
export class ConnectionTurns {
  readonly #most: number;
  readonly #lines = new WeakMap<Socket, Line>();

  /** @param most requests that may wait on one connection; one more, and the connection is cut off */
  constructor(most: number) {
    this.#most = most;
  }

  /** Answers a request now, or when all before it on its connection have been answered. */
  take(outgoing: ServerResponse, answer: () => void): void {
    const { socket } = outgoing.req;
    const line = this.#lines.get(socket);
    if (socket.destroyed) {
      return;
    }
    if (line === undefined) {
      this.#begin(socket, { underWay: outgoing, waiting: [] }, answer);
    } else if (line.waiting.length < this.#most) {
      line.waiting.push({ outgoing, answer });
    } else {
      socket.destroy();
    }
  }

  /** The answer that a connection is waiting for. */
  underWay(socket: Socket): ServerResponse | undefined {
    return this.#lines.get(socket)?.underWay;
  }

  #begin(socket: Socket, line: Line, answer: () => void): void {
    this.#lines.set(socket, line);
    line.underWay.once('close', () => this.#next(socket, line));
    answer();
  }

  #next(socket: Socket, line: Line): void {
    const next = socket.destroyed ? undefined : line.waiting.shift();
    if (next === undefined) {
      this.#lines.delete(socket);
      return;
    }
    line.underWay = next.outgoing;
    this.#begin(socket, line, next.answer);
  }
}
