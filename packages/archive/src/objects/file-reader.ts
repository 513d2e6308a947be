import type { ByteRange } from '@filmless/dicom';
import type { OpenFile } from '@filmless/disk';

/** Bytes a stream reads at a time. */
const CHUNK = 256 * 1024;

export interface StreamOptions {
  readonly range: ByteRange;
  readonly signal: AbortSignal | undefined;
  /** What the reader is told instead of the system's error. */
  readonly failure: (error: unknown) => unknown;
}

/** Streams a range of a file, which ends with it. A reader that brings its own buffer gets the bytes into it. */
export function streamFile(file: OpenFile, { range, signal, failure }: StreamOptions): ReadableStream<Uint8Array> {
  let at = range.offset;
  const end = Math.min(range.offset + range.length, file.size);
  /** Fills as much of a buffer as the range has left; nothing at its end. */
  const fill = async (buffer: ArrayBufferView): Promise<Uint8Array> => {
    const into = new Uint8Array(buffer.buffer, buffer.byteOffset, Math.max(0, Math.min(buffer.byteLength, end - at)));
    const read = into.byteLength === 0 ? 0 : await file.read(into, at);
    at = read === 0 ? end : at + read;
    return into.subarray(0, read);
  };
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      try {
        signal?.throwIfAborted();
        const request = controller.byobRequest;
        const bytes = await fill(request?.view ?? Buffer.allocUnsafeSlow(Math.max(0, Math.min(CHUNK, end - at))));
        give(controller, bytes, at >= end);
        if (at >= end) {
          // The reader has all and need not wait for it.
          await file.close();
        }
      } catch (error) {
        await file.close().catch(() => undefined);
        throw signal?.aborted === true ? error : failure(error);
      }
    },
    cancel: () => file.close(),
  });
}

/** Hands bytes to the reader, in its own buffer where it brought one, and ends the stream behind the last of them. */
function give(controller: ReadableByteStreamController, bytes: Uint8Array, last: boolean): void {
  const request = controller.byobRequest;
  if (bytes.byteLength > 0) {
    if (request === null) {
      controller.enqueue(bytes);
    } else {
      request.respond(bytes.byteLength);
    }
  }
  if (last) {
    controller.close();
    // NOTE: a reader whose buffer got nothing waits until it is given back.
    controller.byobRequest?.respond(0);
  }
}

/** A range of a file in memory, shorter where the file ends. */
export async function readFile(file: OpenFile, { offset, length }: ByteRange): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, file.size - offset)));
  return bytes.subarray(0, bytes.byteLength === 0 ? 0 : await file.read(bytes, offset));
}

/** Memory of all who read for the cache's sake: what is in it matters to nobody. */
let unread: Uint8Array | undefined;

/** Has the system read a file, which leaves it in its cache. */
export async function readThrough(file: OpenFile, goesOn: () => boolean): Promise<void> {
  unread ??= Buffer.allocUnsafeSlow(CHUNK);
  for (let at = 0; at < file.size && goesOn(); at += CHUNK) {
    await file.read(unread.subarray(0, Math.min(CHUNK, file.size - at)), at);
  }
}
