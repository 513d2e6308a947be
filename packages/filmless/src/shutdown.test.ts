import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { memoryLog } from '../test/doubles.ts';
import { endRequested } from './shutdown.ts';

describe('the end of the server', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  function start(hasChannel = false) {
    const events = new EventEmitter();
    const exits: number[] = [];
    const signals = { on: events.on.bind(events), exit: (code: number) => exits.push(code), hasChannel };
    let asked = false;
    const ended = endRequested({ signals, log: memoryLog(), patience: 10_000 }).then(() => {
      asked = true;
    });
    return { events, exits, ended, asked: () => asked };
  }

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'])('is asked for by %s', async (signal) => {
    const { events, ended, exits } = start();
    events.emit(signal);
    await ended;
    expect(exits).toEqual([]);
  });

  it('is asked for by the loss of the parent, where there is one to lose', async () => {
    const { events, ended } = start(true);
    events.emit('disconnect');
    await ended;
    expect(start(false).events.listenerCount('disconnect')).toBe(0);
  });

  it('comes at once with the second signal', async () => {
    const { events, ended, exits } = start();
    events.emit('SIGTERM');
    await ended;
    vi.advanceTimersByTime(1_500);
    events.emit('SIGINT');
    expect(exits).toEqual([130]);
  });

  it('is not hurried by the same wish coming twice: from the terminal and from the parent', async () => {
    const { events, ended, exits } = start();
    events.emit('SIGINT');
    await ended;
    vi.advanceTimersByTime(20);
    events.emit('SIGINT');
    expect(exits).toEqual([]);
  });

  it('is not hurried by a parent that dies after it sent a signal', async () => {
    const { events, ended, exits } = start(true);
    events.emit('SIGTERM');
    await ended;
    events.emit('disconnect');
    expect(exits).toEqual([]);
  });

  it('is forced after ten seconds', async () => {
    const { events, ended, exits } = start();
    events.emit('SIGTERM');
    await ended;
    vi.advanceTimersByTime(9_999);
    expect(exits).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(exits).toEqual([1]);
  });

  it('does not come unasked', async () => {
    const { asked } = start();
    vi.advanceTimersByTime(1_000_000);
    await Promise.resolve();
    expect(asked()).toBe(false);
  });
});
