import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ByteQueue, type End } from './byte-queue.ts';
import { ReceiveBuffer } from './receive-buffer.ts';

describe('the queue of received bytes', () => {
  let socket: Socket;
  let queue: ByteQueue;

  beforeEach(() => {
    vi.useFakeTimers();
    socket = new Socket();
    queue = new ByteQueue(socket, 10);
  });

  afterEach(() => {
    vi.useRealTimers();
    socket.destroy();
  });

  const arrive = (text: string) => socket.emit('data', Buffer.from(text));
  /** What a wait came to, once it did. */
  const wait = (patienceMs: number) => {
    const outcome: (string | undefined)[] = [];
    void queue
      .next(patienceMs)
      .then((chunk: Buffer | End) => outcome.push(Buffer.isBuffer(chunk) ? chunk.toString() : chunk.end));
    return outcome;
  };

  it('gives what came before the end, then the end', async () => {
    arrive('one');
    arrive('two');
    socket.emit('end');
    const [first, second, third] = [wait(1), wait(1), wait(1)];
    await vi.advanceTimersByTimeAsync(0);
    expect([first, second, third]).toEqual([['one'], ['two'], ['closed']]);
  });

  it('waits as long as it is told, however long the waits before were', async () => {
    const long = wait(10_000);
    await vi.advanceTimersByTimeAsync(9000);
    arrive('a');
    await vi.advanceTimersByTimeAsync(0);
    const short = wait(500);
    await vi.advanceTimersByTimeAsync(499);
    expect([long, short]).toEqual([['a'], []]);
    await vi.advanceTimersByTimeAsync(2);
    expect(short).toEqual(['timeout']);
    const longer = wait(2000);
    await vi.advanceTimersByTimeAsync(1990);
    expect(longer).toEqual([]);
    await vi.advanceTimersByTimeAsync(12);
    expect(longer).toEqual(['timeout']);
  });

  it('sets one timer for many waits, and leaves none behind', async () => {
    const set = vi.spyOn(globalThis, 'setTimeout');
    for (let count = 0; count < 100; count += 1) {
      const outcome = wait(1000);
      await vi.advanceTimersByTimeAsync(1);
      arrive('x');
      await vi.advanceTimersByTimeAsync(0);
      expect(outcome).toEqual(['x']);
    }
    expect(set.mock.calls.length).toBeLessThan(5);
    queue.discard();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('pauses the socket while too much waits', async () => {
    socket.resume();
    arrive('0123456789');
    expect(socket.isPaused()).toBe(true);
    wait(1);
    await vi.advanceTimersByTimeAsync(0);
    expect(socket.isPaused()).toBe(false);
  });

  it('reads into a buffer only when asked, one chunk at a time, and nothing once it is over', async () => {
    const resume = vi.spyOn(socket, 'resume');
    const buffer = new ReceiveBuffer();
    queue = new ByteQueue(socket, 10, buffer);
    const first = wait(1000);
    expect(resume).toHaveBeenCalledTimes(1);
    expect(buffer.take(Buffer.from('one'))).toBe(false);
    await vi.advanceTimersByTimeAsync(0);
    expect(first).toEqual(['one']);
    expect(resume).toHaveBeenCalledTimes(1);
    const second = wait(1000);
    expect(resume).toHaveBeenCalledTimes(2);
    queue.discard();
    expect(buffer.take(Buffer.from('two'))).toBe(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(second).toEqual(['closed']);
  });
});
