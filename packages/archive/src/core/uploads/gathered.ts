/** Bytes to be kept together; the last of a stream that failed says why. */
interface Gathered {
  readonly bytes: Uint8Array;
  readonly failure?: unknown;
}

/** A stream in pieces of a length, the last shorter, `most` bytes in all; what came before a failure is given too. */
export async function* gathered(
  body: ReadableStream<Uint8Array>,
  most: number,
  length: number,
): AsyncGenerator<Gathered, void, void> {
  const reader = body.getReader();
  let held: Uint8Array[] = [];
  let size = 0;
  let left = most;
  const take = (): Uint8Array => {
    const bytes = Buffer.concat(held);
    held = [];
    size = 0;
    return bytes;
  };
  try {
    while (left > 0) {
      const { done, value } = await reader.read();
      if (done) {
        break;
      }
      for (let rest = value.subarray(0, left); rest.byteLength > 0; ) {
        const part = rest.subarray(0, length - size);
        // NOTE: whoever gave it may use its memory again.
        held.push(part.slice());
        size += part.byteLength;
        left -= part.byteLength;
        rest = rest.subarray(part.byteLength);
        if (size === length) {
          yield { bytes: take() };
        }
      }
    }
  } catch (failure) {
    yield { bytes: take(), failure };
    return;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  if (size > 0) {
    yield { bytes: take() };
  }
}
