import type { IncomingMessage } from 'node:http';

/** What comes in gigabytes: DICOM itself, whole (PS3.18 10.5) and in pieces (`/api/uploads`). */
const LARGE = /^(?:multipart\/related|application\/(?:dicom|offset\+octet-stream))\s*(?:;|$)/i;

/** Whether a request's body is read piece by piece by somebody who brings the memory. */
export function isUpload({ method, headers }: IncomingMessage): boolean {
  return (method === 'POST' || method === 'PUT' || method === 'PATCH') && LARGE.test(headers['content-type'] ?? '');
}

/**
 * The request with its body as a stream of bytes. A reader that brings its own memory gets them copied into it, and the memory they
 * came in is given back at once: Node reads each 64 KiB of a body into new memory, which the garbage collector finds only after
 * many of them.
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
export function uploadBody(incoming: Pick<IncomingMessage, 'iterator'>): ReadableStream<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = incoming.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
  let chunk: Uint8Array = new Uint8Array();
  let used = 0;
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      while (used === chunk.byteLength) {
        const next = await chunks.next();
        if (next.done === true) {
          controller.close();
          controller.byobRequest?.respond(0);
          return;
        }
        [chunk, used] = [next.value, 0];
      }
      const view = controller.byobRequest?.view ?? undefined;
      if (view === undefined) {
        controller.enqueue(new Uint8Array(chunk.subarray(used)));
        used = chunk.byteLength;
        return;
      }
      const length = Math.min(view.byteLength, chunk.byteLength - used);
      new Uint8Array(view.buffer, view.byteOffset, length).set(chunk.subarray(used, used + length));
      used += length;
      if (used === chunk.byteLength) {
        giveBack(chunk);
        [chunk, used] = [new Uint8Array(), 0];
      }
      controller.byobRequest?.respond(length);
    },
    cancel: async () => {
      await chunks.return?.();
    },
  });
}

/** NOTE: a chunk that is only part of its memory shares it with others. */
function giveBack({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) {
    buffer.transfer(0);
  }
}
