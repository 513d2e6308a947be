import type { OpenFile } from '@filmless/disk';
import { expect, it, vi } from 'vitest';
import { OpenFiles } from './open-files.ts';

/** A disk of files that are open. */
function disk() {
  const events: string[] = [];
  const open = (name: string) => async (): Promise<OpenFile> => {
    await new Promise((resolve) => setImmediate(resolve));
    events.push(`open ${name}`);
    return {
      size: 5,
      read: (into) => Promise.resolve(into.byteLength),
      close: () => {
        events.push(`close ${name}`);
        return Promise.resolve();
      },
    };
  };
  return { events, open };
}

it('opens a file once for all who read it one after the other or at once, and closes it when all end', async () => {
  const { events, open } = disk();
  const files = new OpenFiles();
  const first = await files.read('a', open('a'));
  const second = await files.read('a', open('a'));
  await first.close();
  await first.close();
  await expect(first.read(new Uint8Array(1), 0)).rejects.toThrow('closed');
  expect(await second.read(new Uint8Array(3), 0)).toBe(3);
  await second.close();
  await (await files.read('a', open('a'))).close();
  expect(events).toEqual(['open a']);
  await files[Symbol.asyncDispose]();
  expect(events).toEqual(['open a', 'close a']);
});

it('two who open at once have a file each, and both are closed', async () => {
  const { events, open } = disk();
  const files = new OpenFiles();
  const both = await Promise.all([files.read('a', open('1')), files.read('a', open('2'))]);
  await Promise.all(both.map((file) => file.close()));
  await files[Symbol.asyncDispose]();
  expect(events.sort()).toEqual(['close 1', 'close 2', 'open 1', 'open 2']);
});

it('opens a removed file anew, and lets its readers end', async () => {
  const { events, open } = disk();
  const files = new OpenFiles();
  const old = await files.read('a', open('old'));
  await files.forget('a');
  const fresh = await files.read('a', open('new'));
  expect(events).toEqual(['open old', 'open new']);
  await old.close();
  expect(events).toEqual(['open old', 'open new', 'close old']);
  await fresh.close();
  await files[Symbol.asyncDispose]();
  expect(events.at(-1)).toBe('close new');
});

it('keeps 64 that nobody reads, those read last, and these for some seconds', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    const { events, open } = disk();
    const files = new OpenFiles();
    for (let at = 0; at < 66; at += 1) {
      await (await files.read(String(at), open(String(at)))).close();
    }
    expect(events.filter((event) => event.startsWith('close'))).toEqual(['close 0', 'close 1']);
    const read = await files.read('40', open('40'));
    await vi.advanceTimersByTimeAsync(11_000);
    expect(events.filter((event) => event.startsWith('close'))).toHaveLength(65);
    expect(events).not.toContain('close 40');
    await read.close();
    await vi.advanceTimersByTimeAsync(11_000);
    expect(events).toContain('close 40');
    await files[Symbol.asyncDispose]();
  } finally {
    vi.useRealTimers();
  }
});
