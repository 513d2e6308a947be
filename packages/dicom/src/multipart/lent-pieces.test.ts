import { describe, expect, it } from 'vitest';
import { lend, lentPieces, takeLent } from './lent-pieces.ts';
import { readMultipart } from './read.ts';

async function* letters(): AsyncGenerator<Uint8Array, void, void> {
  for (const letter of 'abc') {
    yield Buffer.from(letter);
  }
}

const text = async (pieces: AsyncIterable<Uint8Array>): Promise<string> =>
  Buffer.concat(await Array.fromAsync(pieces)).toString();
const streamOf = (...chunks: string[]): ReadableStream<Uint8Array> => ReadableStream.from(chunks.map((one) => Buffer.from(one)));

describe('pieces that a stream lends', () => {
  it('are had once, and the stream is nobody else’s then', async () => {
    const stream = lend(new ReadableStream<Uint8Array>(), () => letters());
    const pieces = takeLent(stream);
    expect(pieces === undefined ? '' : await text(pieces)).toBe('abc');
    expect(takeLent(stream)).toBeUndefined();
    expect(() => stream.getReader()).toThrow(TypeError);
  });

  it('are none where the stream is read, was begun, or lends nothing', () => {
    const locked = lend(new ReadableStream<Uint8Array>(), () => letters());
    locked.getReader();
    expect(takeLent(locked)).toBeUndefined();
    expect(takeLent(lend(new ReadableStream<Uint8Array>(), () => undefined))).toBeUndefined();
    expect(takeLent(streamOf('x'))).toBeUndefined();
  });

  it('are read from any other stream as they come, which is cancelled by leaving them', async () => {
    expect(await text(lentPieces(streamOf('ab', 'c')))).toBe('abc');
    let cancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(Buffer.from('x')),
      cancel: () => {
        cancelled = true;
      },
    });
    for await (const piece of lentPieces(stream)) {
      expect(piece.byteLength).toBe(1);
      break;
    }
    expect(cancelled).toBe(true);
  });

  it('of a part are the part, whose rest is skipped when they are left, and none once it was read from', async () => {
    const seen: string[] = [];
    const body = streamOf('--b\r\n\r\non', 'e\r\n--b\r\n\r\ntwo', ' and more\r\n--b\r\n\r\nthr', 'ee\r\n--b--');
    for await (const part of readMultipart(body, 'b')) {
      if (seen.length === 2) {
        const reader = part.body.getReader();
        await reader.read();
        reader.releaseLock();
        seen.push(String(takeLent(part.body)));
        continue;
      }
      for await (const piece of lentPieces(part.body)) {
        seen.push(Buffer.from(piece).toString());
        break;
      }
    }
    expect(seen).toEqual(['on', 'two', 'undefined']);
  });
});
