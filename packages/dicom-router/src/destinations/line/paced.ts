import type { Outgoing } from '../transport.ts';

/** Written at a time where the line has no bound, a 512x512 image whole: what is more urgent waits for so much at most. */
const UNPACED_WRITE_BYTES = 1_048_576;

/** The same bytes, in writes that the line's governor lets through. */
export async function* paced(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { line, signal }: Outgoing,
): AsyncGenerator<Uint8Array, void, void> {
  const most = line.writeBytes ?? UNPACED_WRITE_BYTES;
  for await (const piece of bytes) {
    for (let at = 0; at < piece.byteLength; at += most) {
      const part = piece.subarray(at, at + most);
      const wait = line.take(part.byteLength, signal);
      if (wait !== undefined) {
        await wait;
        signal.throwIfAborted();
      }
      yield part;
    }
  }
}
