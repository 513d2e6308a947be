import type { AppEnv, Subject } from '@filmless/access';
import { OpenAPIHono } from '@hono/zod-openapi';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Change } from '../../core/model.ts';
import type { HttpContext } from '../context.ts';
import { addEventRoutes } from './events.ts';

const subject: Subject = { kind: 'user', id: 'a', name: 'a', rights: new Set(['view']), facilities: ['main'] };

/** The route over a core that only announces. */
function events(): {
  open(): Promise<ReadableStreamDefaultReader<Uint8Array>>;
  announce(change: Change): void;
  listeners(): number;
  /** What ends the streams of sessions that have ended. */
  readonly held: ReadonlySet<() => void>;
} {
  const listeners = new Set<(change: Change) => void>();
  const held = new Set<() => void>();
  const context = {
    core: {
      subscribe: (_scope: object, listener: (change: Change) => void) => {
        listeners.add(listener);
        return { [Symbol.dispose]: () => listeners.delete(listener) };
      },
    },
    access: {
      guard: () => async (c: { set(key: 'subject', value: Subject): void }, next: () => Promise<void>) => {
        c.set('subject', subject);
        await next();
      },
      whileHeld: (_c: object, end: () => void) => {
        held.add(end);
        return { [Symbol.dispose]: () => held.delete(end) };
      },
    },
  } as unknown as HttpContext;
  const app = new OpenAPIHono<AppEnv>();
  addEventRoutes(app, context);
  return {
    open: async () => {
      const { body } = await app.request('/api/events', {}, { remoteAddress: '', secure: false });
      if (body === null) {
        throw new Error('no body');
      }
      return body.getReader();
    },
    announce: (change) => {
      for (const listener of [...listeners]) {
        listener(change);
      }
    },
    listeners: () => listeners.size,
    held,
  };
}

const text = async (reader: ReadableStreamDefaultReader<Uint8Array>): Promise<string> =>
  new TextDecoder().decode((await reader.read()).value);

describe('an event stream', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('tells of changes, and with a comment that it is still there', async () => {
    const feed = events();
    const reader = await feed.open();
    expect(await text(reader)).toBe('retry: 2000\n\n');
    feed.announce({ studyInstanceUid: '1.2', change: 'shared' });
    expect(await text(reader)).toBe('event: study\ndata: {"studyInstanceUid":"1.2","change":"shared"}\n\n');
    vi.advanceTimersByTime(15_000);
    expect(await text(reader)).toBe(': \n\n');
    await reader.cancel();
    expect(feed.listeners()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends after a while, so that who has no right any more is asked again', async () => {
    const feed = events();
    const reader = await feed.open();
    vi.advanceTimersByTime(10 * 60_000);
    expect(feed.listeners()).toBe(0);
    let done = false;
    for (let i = 0; i < 100 && !done; i += 1) {
      done = (await reader.read()).done;
    }
    expect(done).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with the session it was asked for by', async () => {
    const feed = events();
    const reader = await feed.open();
    expect(await text(reader)).toBe('retry: 2000\n\n');
    for (const end of feed.held) {
      end();
    }
    expect((await reader.read()).done).toBe(true);
    expect([feed.listeners(), feed.held.size, vi.getTimerCount()]).toEqual([0, 0, 0]);
  });

  it('lets go of a client that reads no more', async () => {
    const feed = events();
    await feed.open();
    for (let i = 0; i < 2000; i += 1) {
      feed.announce({ studyInstanceUid: `1.${i}`, change: 'new' });
    }
    expect(feed.listeners()).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });
});
