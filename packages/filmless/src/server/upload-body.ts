import type { IncomingMessage } from 'node:http';
import { lend } from '@filmless/dicom';
import { type Incoming, IncomingPieces } from './incoming-pieces.ts';

/** What comes in gigabytes: DICOM itself, whole (PS3.18 10.5) and in pieces (`/api/uploads`). */
const LARGE = /^(?:multipart\/related|application\/(?:dicom|offset\+octet-stream))\s*(?:;|$)/i;

/** Whether a request's body is read piece by piece by somebody who brings the memory. */
export function isUpload({ method, headers }: IncomingMessage): boolean {
  return (method === 'POST' || method === 'PUT' || method === 'PATCH') && LARGE.test(headers['content-type'] ?? '');
}

/**
 * The request with its body as a stream of bytes. A reader that brings its own memory gets them copied into it, one that takes the pieces
 * themselves (`takeLent`) looks at them where they are; either way the memory they came in is given back at once: Node reads each
 * 64 KiB of a body into new memory, which the garbage collector finds only after many of them.
 */
export function uploadRequest(request: Request, incoming: IncomingMessage): Request {
  return new Request(request.url, {
    method: request.method,
    headers: request.headers,
    signal: request.signal,
    body: uploadBody(incoming),
    duplex: 'half',
  });
}

/** The bytes of a readable stream, in chunks that are nobody else's. It is not destroyed when its reader leaves. */
export function uploadBody(incoming: Incoming): ReadableStream<Uint8Array> {
  const pieces = new IncomingPieces(incoming);
  let begun = false;
  let piece: Uint8Array = new Uint8Array();
  let used = 0;
  const stream: ReadableStream<Uint8Array> = new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      begun = true;
      while (used === piece.byteLength) {
        const next = await pieces.next();
        if (next.done === true) {
          controller.close();
          controller.byobRequest?.respond(0);
          return;
        }
        [piece, used] = [next.value, 0];
      }
      const view = controller.byobRequest?.view ?? undefined;
      if (view === undefined) {
        controller.enqueue(new Uint8Array(piece.subarray(used)));
        used = piece.byteLength;
        return;
      }
      const length = Math.min(view.byteLength, piece.byteLength - used);
      new Uint8Array(view.buffer, view.byteOffset, length).set(piece.subarray(used, used + length));
      used += length;
      controller.byobRequest?.respond(length);
    },
    cancel: async () => {
      begun = true;
      await pieces.return();
    },
  });
  return lend(stream, () => (begun ? undefined : pieces));
}
