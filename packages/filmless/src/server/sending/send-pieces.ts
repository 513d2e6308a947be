import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from '@filmless/access';
import type { BodyPieces } from '@filmless/dicom';
import { type Filled, Filler } from './filler.ts';
import type { SendBuffers } from './send-buffers.ts';

/**
 * Answers with a body in pieces: while one buffer goes out, the next is filled, and no third one is held however slow the
 * receiver is. A body that fails half way breaks the connection: an ordinary end would let the receiver take the first half of
 * a study for the whole. When the receiver goes away, the files are closed.
 */
export async function sendPieces(
  outgoing: ServerResponse,
  response: Response,
  pieces: BodyPieces,
  buffers: SendBuffers,
  log: Log,
): Promise<void> {
  const filler = new Filler(pieces, buffers);
  using receiver = new Receiver(outgoing.req.socket);
  let held: Filled | undefined;
  let next: Promise<Filled | undefined> | undefined;
  try {
    next = filler.next();
    for (;;) {
      held = await receiver.during(next);
      next = undefined;
      if (!outgoing.headersSent) {
        outgoing.writeHead(response.status, headersOf(response.headers, held));
      }
      if (held === undefined || held.last) {
        break;
      }
      next = filler.next();
      await receiver.during(written(outgoing, held.bytes));
      giveBack(held, buffers);
      held = undefined;
    }
    await receiver.during(ended(outgoing, held?.bytes));
    giveBack(held, buffers);
  } catch (error) {
    if (held?.buffer !== undefined) {
      buffers.lose(held.buffer.byteLength);
    }
    next?.then((filled) => giveBack(filled, buffers)).catch(() => undefined);
    if (!(error instanceof Gone)) {
      log.error({ error: error instanceof Error ? error.stack : String(error) }, 'an answer broke off');
    }
    outgoing.destroy();
    await filler.cancel();
  }
}

/** The receiver went away: no fault of the answer's. */
class Gone extends Error {}

/** Who stands at the other end. NOTE: no `Promise.race`, which would remember every wait of a long answer to its end. */
class Receiver implements Disposable {
  readonly #socket: Socket;
  #interrupt: (() => void) | undefined;
  readonly #leave = (): void => this.#interrupt?.();

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.once('close', this.#leave);
  }

  /** Waits, but no longer than the receiver stays. */
  during<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#interrupt = () => reject(new Gone());
      work.then(resolve, reject);
      if (this.#socket.destroyed) {
        this.#interrupt();
      }
    });
  }

  [Symbol.dispose](): void {
    this.#socket.off('close', this.#leave);
  }
}

function giveBack(filled: Filled | undefined, buffers: SendBuffers): void {
  if (filled?.buffer !== undefined) {
    buffers.give(filled.buffer);
  }
}

/** Resolves when the system has taken the bytes; a connection that takes none is one whose receiver is gone. */
function written(outgoing: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    outgoing.write(bytes, (error) => (error === null || error === undefined ? resolve() : reject(new Gone())));
  });
}

function ended(outgoing: ServerResponse, bytes: Uint8Array | undefined): Promise<void> {
  return new Promise((resolve) => {
    outgoing.end(bytes, () => resolve());
  });
}

/** With the length where the whole body is there. */
function headersOf(headers: Headers, first: Filled | undefined): Record<string, string | string[]> {
  const cookies = headers.getSetCookie();
  return {
    ...(first?.last === true ? { 'content-length': String(first.bytes.length) } : {}),
    ...Object.fromEntries(headers),
    ...(cookies.length === 0 ? {} : { 'set-cookie': cookies }),
  };
}
