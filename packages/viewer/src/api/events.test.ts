import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type EventListener, listen, type StudyEvent } from './events.ts';

/** The part of an EventSource that is used. */
class Stream extends EventTarget {
  readyState = 0;
  closed = false;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;

  close(): void {
    this.closed = true;
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  fails(readyState: number): void {
    this.readyState = readyState;
    this.onerror?.();
  }

  says(data: string, name = 'study'): void {
    this.dispatchEvent(new MessageEvent(name, { data }));
  }
}

let streams: Stream[];
let heard: StudyEvent[];
let orders: number;
let live: boolean[];
let refused: number;
let stop: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  streams = [];
  heard = [];
  orders = 0;
  live = [];
  refused = 0;
  const listener: EventListener = {
    onStudy: (event) => heard.push(event),
    onOrder: () => {
      orders += 1;
    },
    onLive: (now) => live.push(now),
    onRefused: () => {
      refused += 1;
    },
  };
  stop = listen(listener, () => {
    const stream = new Stream();
    streams.push(stream);
    return stream as unknown as EventSource;
  });
});

afterEach(() => {
  stop();
  vi.useRealTimers();
});

it('tells of studies, and ignores what it does not understand', () => {
  streams[0]?.opens();
  streams[0]?.says('{"studyInstanceUid":"1.2","change":"new"}');
  streams[0]?.says('not json');
  streams[0]?.says('{"studyInstanceUid":"1.2","change":"exploded"}');
  expect([heard, live]).toEqual([[{ studyInstanceUid: '1.2', change: 'new' }], [true]]);
});

it('tells that orders changed, apart from studies', () => {
  streams[0]?.says('{"accessionNumber":"WL1","facility":"main","change":"new"}', 'order');
  expect([orders, heard]).toEqual([1, []]);
});

it('leaves it to the browser to come back after a lost line', async () => {
  streams[0]?.opens();
  streams[0]?.fails(0);
  await vi.advanceTimersByTimeAsync(60_000);
  expect([streams.length, refused, live]).toEqual([1, 0, [true, false]]);
});

it('opens a refused stream again, ever more slowly, and asks whether the session is over', async () => {
  streams[0]?.fails(2);
  expect(refused).toBe(1);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(streams).toHaveLength(2);
  streams[1]?.fails(2);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(streams).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(streams).toHaveLength(3);
});

it('ends when nobody listens', async () => {
  streams[0]?.fails(2);
  stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect([streams.length, streams[0]?.closed]).toEqual([1, true]);
});
