import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { retried } from './s3-retry.ts';

/** So many answers that break off without a byte, one after the other, are the end. */
const IN_VAIN = 3;

/** Asks for so many bytes from an offset on, to the end without a length. */
export type AskForBytes = (offset: number, length: number | undefined) => Promise<IncomingMessage>;

/**
 * The bytes of an object as one stream: where the connection ends before them, the rest is asked for. The first of them are
 * waited for, so that what cannot be had is known before anybody is told of a stream.
 */
export async function readOn(ask: AskForBytes, offset: number, length: number | undefined): Promise<Readable> {
  let answer = await retried(() => ask(offset, length));
  let left = Number(answer.headers['content-length'] ?? length ?? 0);
  let at = offset;
  let inVain = 0;
  let unwanted = false;
  async function* bytes(): AsyncGenerator<Uint8Array, void> {
    while (left > 0) {
      try {
        for await (const chunk of answer as AsyncIterable<Uint8Array>) {
          at += chunk.byteLength;
          left -= chunk.byteLength;
          inVain = 0;
          yield chunk;
        }
      } catch (error) {
        inVain += 1;
        if (inVain === IN_VAIN || unwanted) {
          throw error;
        }
      }
      if (left > 0) {
        answer = await retried(() => ask(at, left));
      }
    }
  }
  const stream = Readable.from(await begun(bytes()), { objectMode: false });
  stream.once('close', () => {
    unwanted = true;
    answer.destroy();
  });
  return stream;
}

/** The same chunks, the first of which is there. */
async function begun(chunks: AsyncGenerator<Uint8Array, void>): Promise<AsyncGenerator<Uint8Array, void>> {
  const first = await chunks.next();
  return (async function* all() {
    if (first.done !== true) {
      yield first.value;
      yield* chunks;
    }
  })();
}
