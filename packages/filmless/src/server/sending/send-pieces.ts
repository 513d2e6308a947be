import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Log } from '@filmless/access';
import { ArchiveError } from '@filmless/archive';
import { type BodyPieces, DicomError, type Filled, Filler, type SendBuffers } from '@filmless/dicom';
import { FAILED, refuse } from '../refusals.ts';

/**
 * Answers with a body in pieces: while one buffer goes out, the next is filled, and no third one is held however slow the
 * receiver is. A body that fails at once is refused in words. One that fails half way breaks the connection, behind a head and
 * what was whole before: an ordinary end would let the receiver take the first half of a study for the whole. When the receiver
 * goes away, the files are closed.
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
    next = begun(filler);
    for (;;) {
      held = await receiver.during(next);
      next = undefined;
      if (!outgoing.headersSent) {
        outgoing.writeHead(response.status, headersOf(response.headers, held));
      }
      if (held === undefined || held.last) {
        break;
      }
      next = begun(filler);
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
      tell(error, log);
    }
    if (error instanceof Gone || outgoing.headersSent) {
      outgoing.destroy();
    } else {
      refuse(outgoing, FAILED);
    }
    await filler.cancel();
  }
}

/** Begins to fill the next buffer. It may fail while the last one is still on its way: that is heard when its turn comes. */
function begun(filler: Filler): Promise<Filled | undefined> {
  const next = filler.next();
  next.catch(() => undefined);
  return next;
}

/** An object that cannot be read or decoded is no fault of the server's, and its words say all; anything else comes with its stack. */
function tell(error: unknown, log: Log): void {
  if (error instanceof DicomError || (error instanceof ArchiveError && error.code !== 'store-away')) {
    log.warn({ reason: error.message }, 'an answer broke off');
  } else {
    log.error({ error: error instanceof Error ? error.stack : String(error) }, 'an answer broke off');
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
