import type { Socket } from 'node:net';
import type { TextChannel } from '@filmless/access';
import { SERVER_LIMITS } from '../../limits.ts';
import { FrameError, FrameReader, OPCODE, writeFrame } from './frames.ts';

/** Going away. RFC 6455 7.4.1. */
const GOING_AWAY = 1001;
const NORMAL = 1000;

/**
 * A connection that the server sends texts over. What the client sends beyond control frames is thrown away; a client that answers no ping, or
 * reads too slowly, is let go. RFC 6455.
 */
export class WebSocketChannel implements TextChannel {
  readonly #socket: Socket;
  readonly #reader = new FrameReader(SERVER_LIMITS.webSocketFrame);
  readonly #ended: () => void;
  readonly #pings: NodeJS.Timeout;
  #isHeard = true;
  #isClosing = false;
  #dropped = 0;

  /** @param ended once nothing goes over it any more */
  constructor(socket: Socket, head: Uint8Array, ended: () => void) {
    this.#socket = socket;
    this.#ended = ended;
    this.#pings = setInterval(() => this.#ping(), SERVER_LIMITS.webSocketPing).unref();
    socket.setTimeout(0);
    socket.on('data', (piece) => this.#take(piece));
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    socket.once('close', () => {
      clearInterval(this.#pings);
      this.#ended();
    });
    this.#take(head);
  }

  send(text: string): void {
    this.#write(OPCODE.text, Buffer.from(text));
  }

  close(code: number): void {
    if (!this.#isClosing) {
      const reason = Buffer.alloc(2);
      reason.writeUInt16BE(code);
      this.#write(OPCODE.close, reason);
      this.#isClosing = true;
      // Whoever does not close in turn is not waited for.
      setTimeout(() => this.#socket.destroy(), SERVER_LIMITS.webSocketClose).unref();
      this.#socket.end();
    }
  }

  /** The server goes, or what its users may do has changed. */
  goAway(): void {
    this.close(GOING_AWAY);
  }

  #take(piece: Uint8Array): void {
    if (this.#isClosing) {
      this.#drop(piece);
      return;
    }
    this.#isHeard = true;
    try {
      for (const { opcode, payload } of this.#reader.take(piece)) {
        if (opcode === OPCODE.ping) {
          this.#write(OPCODE.pong, payload);
        } else if (opcode === OPCODE.close) {
          this.close(NORMAL);
        }
      }
    } catch (error) {
      this.close(error instanceof FrameError ? error.code : GOING_AWAY);
    }
  }

  /** What a client had on its way when it was closed. Read, or the reset of the connection would take the close frame with it. RFC 6455 7.1.1. */
  #drop({ length }: Uint8Array): void {
    this.#dropped += length;
    if (this.#dropped > SERVER_LIMITS.webSocketWaiting) {
      this.#socket.destroy();
    }
  }

  #ping(): void {
    if (!this.#isHeard) {
      this.#socket.destroy();
    }
    this.#isHeard = false;
    this.#write(OPCODE.ping, new Uint8Array(0));
  }

  #write(opcode: number, payload: Uint8Array): void {
    if (this.#isClosing || this.#socket.destroyed) {
      return;
    }
    this.#socket.write(writeFrame(opcode, payload));
    if (this.#socket.writableLength > SERVER_LIMITS.webSocketWaiting) {
      this.#socket.destroy();
    }
  }
}
