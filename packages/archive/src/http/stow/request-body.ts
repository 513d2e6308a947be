/** What of an unwanted body is still taken, so that its sender comes to read the answer and the connection can serve again. */
const MAX_DRAIN_BYTES = 256 * 1024 * 1024;
const MAX_DRAIN_MS = 10_000;

/**
 * A request's body. Whoever cancels it wants no more, but HTTP/1.1 has no way to tell the sender so: the rest is then read
 * and thrown away within bounds, without anybody waiting for it. RFC 9112 9.3.
 */
export function requestBody(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await reader.read();
        if (done) {
          controller.close();
        } else {
          controller.enqueue(value);
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

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  const end = Date.now() + MAX_DRAIN_MS;
  for (let bytes = 0; bytes < MAX_DRAIN_BYTES && Date.now() < end; ) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    bytes += value.length;
  }
  await reader.cancel();
}
