import { describe, expect, it } from 'vitest';
import { joinedStream, primed, textStream } from './respond.ts';

async function* failing(): AsyncGenerator<string> {
  yield 'a';
  throw new Error('later');
}

describe('the first item of an answer', () => {
  it('is waited for, so that what fails at once can still be told by a status', async () => {
    const nothing = (async function* (): AsyncGenerator<string> {
      yield* [];
      throw new Error('at once');
    })();
    await expect(primed(nothing)).rejects.toThrow('at once');
    const seen: string[] = [];
    const read = async (): Promise<void> => {
      for await (const item of await primed(failing())) {
        seen.push(item);
      }
    };
    await expect(read()).rejects.toThrow('later');
    expect(seen).toEqual(['a']);
  });

  it('is let go of when nobody comes for it, and only then', async () => {
    const dropped: string[] = [];
    const drop = (item: string): Promise<void> => {
      dropped.push(item);
      return Promise.resolve();
    };
    const unread = await primed(failing(), drop);
    await unread[Symbol.asyncIterator]().return?.();
    expect(dropped).toEqual(['a']);
    for await (const item of await primed(failing(), drop)) {
      expect(item).toBe('a');
      break;
    }
    expect(dropped).toEqual(['a']);
  });
});

describe('a stream of text', () => {
  it('gathers small pieces, and ends as they end', async () => {
    const pieces = ReadableStream.from(Array.from({ length: 1000 }, () => 'đ'.repeat(100)));
    const chunks: number[] = [];
    for await (const chunk of textStream(pieces)) {
      chunks.push(chunk.length);
    }
    expect(chunks.length).toBe(2);
    expect(chunks.reduce((sum, length) => sum + length)).toBe(200_000);
    await expect(new Response(textStream(failing())).text()).rejects.toThrow('later');
  });
});

describe('joined streams', () => {
  it('are opened one after the other, and the open one is let go of with the whole', async () => {
    const events: string[] = [];
    const open = (name: string, chunks: number) => (): Promise<ReadableStream<Uint8Array>> => {
      events.push(`open ${name}`);
      let left = chunks;
      return Promise.resolve(
        new ReadableStream<Uint8Array>(
          {
            pull(controller) {
              left -= 1;
              if (left < 0) {
                controller.close();
              } else {
                controller.enqueue(new Uint8Array(1));
              }
            },
            cancel: () => {
              events.push(`cancel ${name}`);
            },
          },
          { highWaterMark: 0 },
        ),
      );
    };
    const reader = joinedStream([open('a', 1), open('b', 5), open('c', 1)]).getReader();
    expect(events).toEqual([]);
    await reader.read();
    await reader.read();
    await reader.cancel();
    expect(events).toEqual(['open a', 'open b', 'cancel b']);
  });
});
