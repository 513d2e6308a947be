import type { Socket } from 'node:net';
import { type Called, callPeer } from './call.ts';

/** As long as it may be silent: a peer waits for the request with a timer of its own, some tens of seconds long. PS3.8 9.2.3, ARTIM. */
const SILENT_MS = 2_000;

/** A peer that is called while it is still being found out what to propose to it. */
export class EarlyCall implements Disposable {
  readonly #timer: NodeJS.Timeout;
  #socket: Promise<Socket> | undefined;

  constructor(called: Called, silentMs: number = SILENT_MS) {
    const socket = callPeer(called);
    this.#socket = socket;
    // NOTE: an error without a listener would end the process; who takes the socket is told again.
    socket.then((open) => open.on('error', () => undefined)).catch(() => undefined);
    this.#timer = setTimeout(() => this[Symbol.dispose](), silentMs);
  }

  /** The connection, which is the caller's from now on; undefined where there is none any more. @throws RouterError as `callPeer` */
  async take(): Promise<Socket | undefined> {
    clearTimeout(this.#timer);
    const called = this.#socket;
    this.#socket = undefined;
    const socket = await called;
    return socket?.destroyed === true ? undefined : socket;
  }

  /** Hangs up, unless it was taken. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    const called = this.#socket;
    this.#socket = undefined;
    called?.then((socket) => socket.destroy()).catch(() => undefined);
  }
}
