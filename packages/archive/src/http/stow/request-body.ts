/** What of an unwanted body is still taken, so that its sender comes to read the answer and the connection can serve again. */
const MAX_DRAIN_BYTES = 256 * 1024 * 1024;
const MAX_DRAIN_MS = 10_000;

/** Bytes read at a time. */
const READ_BYTES = 64 * 1024;

interface Source {
  /** Undefined at the end. */
  read(): Promise<Uint8Array | undefined>;
  cancel(): Promise<void>;
}

/**
 * A request's body, in pieces that may change once the next is asked for. Whoever cancels it wants no more, but HTTP/1.1 has no way to tell the sender so: the rest is then read
 * and thrown away within bounds, without anybody waiting for it. RFC 9112 9.3.
 */
export function requestBody(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = sourceOf(body);
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const piece = await reader.read();
        if (piece === undefined) {
          controller.close();
        } else {
          controller.enqueue(piece);
        }
      },
      cancel: () => {
        // Its failure is that of a connection nobody listens to any more.
        drain(reader).catch(() => undefined);
      },
    },
    { highWaterMark: 0 },
  );
}

/** A connection takes memory to read into, the same for all of the body; any other stream brings its own. */
function sourceOf(body: ReadableStream<Uint8Array>): Source {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = body.getReader({ mode: 'byob' });
  } catch {
    const plain = body.getReader();
    return { read: async () => (await plain.read()).value, cancel: () => plain.cancel() };
  }
  let memory = new ArrayBuffer(READ_BYTES);
  return {
    read: async () => {
      const { done, value } = await reader.read(new Uint8Array(memory));
      memory = value?.buffer ?? memory;
      return done ? undefined : value;
    },
    cancel: () => reader.cancel(),
  };
}

async function drain(reader: Source): Promise<void> {
  const end = Date.now() + MAX_DRAIN_MS;
  for (let bytes = 0; bytes < MAX_DRAIN_BYTES && Date.now() < end; ) {
    const piece = await reader.read();
    if (piece === undefined) {
      return;
    }
    bytes += piece.length;
  }
  await reader.cancel();
}
