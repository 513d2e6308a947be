import { describe, expect, it } from 'vitest';
import { type BodyPiece, streamOfPieces, takePieces } from './pieces.ts';

/** A stream that gives its chunks and notes how it ended. */
function noted(events: string[], name: string, chunks: readonly string[]): ReadableStream<Uint8Array> {
  const waiting = [...chunks];
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const chunk = waiting.shift();
        if (chunk === undefined) {
          controller.close();
        } else {
          controller.enqueue(Buffer.from(chunk));
        }
      },
      cancel: () => void events.push(`cancel ${name}`),
    },
    { highWaterMark: 0 },
  );
}

const text = (stream: ReadableStream<Uint8Array>): Promise<string> => new Response(stream).text();

describe('a stream of pieces', () => {
  it('gives bytes and streams one after the other, and nothing for what is empty', async () => {
    const inner = streamOfPieces([Buffer.from('3'), noted([], 'b', ['4', '5'])]);
    const pieces: BodyPiece[] = [Buffer.from('1'), noted([], 'a', ['2']), new Uint8Array(), inner, Buffer.from('6')];
    expect(await text(streamOfPieces(pieces))).toBe('123456');
  });

  it('fails with what a piece fails with, and lets go of those after it', async () => {
    const events: string[] = [];
    const failing = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(new Error('the disk is gone')) });
    const stream = streamOfPieces([Buffer.from('1'), failing, noted(events, 'after', ['2'])]);
    await expect(text(stream)).rejects.toThrow('the disk is gone');
    expect(events).toEqual(['cancel after']);
  });

  it.each([0, 1, 2])('lets go of all its streams when it is cancelled after %i reads', async (reads) => {
    const events: string[] = [];
    const stream = streamOfPieces([noted(events, 'a', ['1', '2', '3']), noted(events, 'b', ['4'])]);
    const reader = stream.getReader();
    for (let read = 0; read < reads; read += 1) {
      await reader.read();
    }
    await reader.cancel();
    expect(events).toEqual(['cancel a', 'cancel b']);
  });

  it('lets go of a stream it is given after it was cancelled', async () => {
    const events: string[] = [];
    const late = Promise.withResolvers<IteratorResult<BodyPiece, void>>();
    const reader = streamOfPieces({ next: () => late.promise }).getReader();
    const read = reader.read();
    await new Promise((resolve) => setImmediate(resolve));
    await reader.cancel();
    late.resolve({ done: false, value: noted(events, 'late', ['1']) });
    expect(await read).toMatchObject({ done: true });
    await new Promise((resolve) => setImmediate(resolve));
    expect(events).toEqual(['cancel late']);
  });
});

describe('taking the pieces of a stream', () => {
  it('gives them once, and leaves nothing to read', async () => {
    const stream = streamOfPieces([Buffer.from('1')]);
    expect(await takePieces(stream)?.next()).toEqual({ done: false, value: Buffer.from('1') });
    expect(takePieces(stream)).toBeUndefined();
    expect(stream.locked).toBe(true);
  });

  it('is too late once somebody has read, or reads', async () => {
    const read = streamOfPieces([Buffer.from('1'), Buffer.from('2')]);
    const reader = read.getReader();
    expect(takePieces(read)).toBeUndefined();
    await reader.read();
    reader.releaseLock();
    expect(takePieces(read)).toBeUndefined();
    expect((await read.getReader().read()).value).toEqual(Buffer.from('2'));
  });

  it('finds none in a stream of another kind', () => {
    expect(takePieces(noted([], 'a', ['1']))).toBeUndefined();
  });

  it('finds them behind a response, which keeps its body as it is', async () => {
    const { body } = new Response(streamOfPieces([Buffer.from('1')]));
    expect(await (body === null ? undefined : takePieces(body))?.next()).toEqual({ done: false, value: Buffer.from('1') });
  });
});
