import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { readJoined } from './joined-read.ts';

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

/** What is read of each, and what was opened and let go. */
function joined(texts: readonly string[], chunk = 4, failsAt = Number.POSITIVE_INFINITY) {
  const whole = texts.join('');
  const seen = { opened: 0, cancelled: 0, alone: [] as string[] };
  const open = async () => {
    seen.opened += 1;
    let at = 0;
    return new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          if (at >= failsAt) {
            controller.error(new Error('connection lost'));
          } else if (at >= whole.length) {
            controller.close();
          } else {
            controller.enqueue(bytes(whole.slice(at, at + chunk)));
            at += chunk;
          }
        },
        cancel: () => {
          seen.cancelled += 1;
        },
      },
      { highWaterMark: 0 },
    );
  };
  const parts = texts.map((text) => ({
    size: text.length,
    alone: async () => {
      seen.alone.push(text);
      return new Blob([text]).stream() as ReadableStream<Uint8Array>;
    },
  }));
  return { seen, streams: readJoined(parts, open) };
}

const read = async (stream: ReadableStream<Uint8Array> | undefined): Promise<string> =>
  stream === undefined ? 'none' : Buffer.concat(await Array.fromAsync(stream)).toString();

it.each([1, 3, 4, 100])('gives each of them its own bytes, by one request, in pieces of %i', async (chunk) => {
  const texts = ['first', 'se', '', 'third', 'x'];
  const { seen, streams } = joined(texts, chunk);
  const found: string[] = [];
  for (const stream of streams) {
    found.push(await read(stream));
  }
  expect(found).toEqual(texts);
  expect(seen).toEqual({ opened: 1, cancelled: 1, alone: [] });
});

it('gives them in their order, whoever is asked first', async () => {
  const { streams } = joined(['first', 'second', 'third']);
  expect(await Promise.all([2, 0, 1].map((index) => read(streams[index])))).toEqual(['third', 'first', 'second']);
});

it('opens nothing before something is read', async () => {
  const { seen } = joined(['first', 'second']);
  await setImmediate();
  expect(seen.opened).toBe(0);
});

it('reads those behind one that was cancelled alone, and lets go of what was opened', async () => {
  const { seen, streams } = joined(['first', 'second', 'third']);
  const reader = streams[0]?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('firs');
  await reader?.cancel();
  expect(await read(streams[1])).toBe('second');
  expect(await read(streams[2])).toBe('third');
  expect(seen).toEqual({ opened: 1, cancelled: 1, alone: ['second', 'third'] });
});

it('reads one on to its end when one behind it is cancelled', async () => {
  const { seen, streams } = joined(['first', 'second', 'third']);
  const reader = streams[0]?.getReader();
  const begun = Buffer.from((await reader?.read())?.value ?? []).toString();
  reader?.releaseLock();
  await streams[1]?.cancel();
  expect(begun + (await read(streams[0]))).toBe('first');
  expect(await read(streams[2])).toBe('third');
  expect(seen).toEqual({ opened: 1, cancelled: 1, alone: ['third'] });
});

it('lets go of everything when all are cancelled, also before anything was read', async () => {
  const { seen, streams } = joined(['first', 'second']);
  await Promise.all(streams.map((stream) => stream.cancel()));
  await setImmediate();
  expect(seen).toEqual({ opened: 0, cancelled: 0, alone: [] });
});

it('fails where the request breaks off, and reads what is behind it alone', async () => {
  const { seen, streams } = joined(['first', 'second', 'third'], 4, 8);
  expect(await read(streams[0])).toBe('first');
  await expect(read(streams[1])).rejects.toThrow('connection lost');
  expect(await read(streams[2])).toBe('third');
  expect(seen.alone).toEqual(['third']);
});

it('fails where the object is shorter than its members say', async () => {
  const { streams } = joined(['first', 'second']);
  const short = readJoined(
    [{ size: 10, alone: async () => new Blob([]).stream() as ReadableStream<Uint8Array> }],
    async () => new Blob(['five!']).stream() as ReadableStream<Uint8Array>,
  );
  await expect(read(short[0])).rejects.toThrow(/ended before/);
  expect(await read(streams[0])).toBe('first');
});
