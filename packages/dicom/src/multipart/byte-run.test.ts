import { expect, it } from 'vitest';
import { type ByteRun, streamOfRun, takeRun } from './byte-run.ts';
import { Filler } from './filler.ts';
import { piecesOf, streamOfPieces } from './pieces.ts';
import { SendBuffers } from './send-buffers.ts';

/** Gives so many bytes, a few at a time; fails at `failsAt`. */
class Counted implements ByteRun {
  left: number;
  closed = 0;
  readonly #failsAt: number;
  readonly #total: number;

  constructor(total: number, failsAt = Number.POSITIVE_INFINITY) {
    this.left = total;
    this.#total = total;
    this.#failsAt = failsAt;
  }

  async read(into: Uint8Array): Promise<number> {
    await new Promise((resolve) => setImmediate(resolve));
    const at = this.#total - this.left;
    if (at >= this.#failsAt) {
      this.closed += 1;
      throw new Error('the disk is gone');
    }
    const read = Math.min(into.byteLength, this.left, 7);
    for (let i = 0; i < read; i += 1) {
      into[i] = at + i;
    }
    this.left -= read;
    this.closed += this.left === 0 ? 1 : 0;
    return read;
  }

  close(): Promise<void> {
    this.closed += 1;
    return Promise.resolve();
  }
}

const counted = (length: number) => Uint8Array.from({ length }, (_, index) => index);
const LIMITS = { buffer: 10, buffersOut: 4, buffersKept: 4, smallBuffer: 10 };

it('a run is a stream for who reads one, with a buffer or without', async () => {
  const run = new Counted(30);
  expect(await new Response(streamOfRun(run)).bytes()).toEqual(counted(30));
  expect(run.closed).toBe(1);
  const reader = streamOfRun(new Counted(20)).getReader({ mode: 'byob' });
  const got: number[] = [];
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(3));
    got.push(...(value ?? []));
    if (done) {
      break;
    }
  }
  expect(got).toEqual([...counted(20)]);
  expect(await new Response(streamOfRun(new Counted(0))).bytes()).toEqual(new Uint8Array());
});

it('it is closed when its stream is let go, and taken once, before anybody read', async () => {
  const run = new Counted(30);
  await streamOfRun(run).cancel();
  expect(run.closed).toBe(1);
  const stream = streamOfRun(run);
  expect([takeRun(stream), takeRun(stream), stream.locked]).toEqual([run, undefined, true]);
  const begun = streamOfRun(new Counted(30));
  const reader = begun.getReader();
  await reader.read();
  reader.releaseLock();
  expect(takeRun(begun)).toBeUndefined();
});

async function filled(filler: Filler, buffers: SendBuffers): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for (;;) {
    const next = await filler.next();
    all.push(new Uint8Array(next?.bytes ?? []));
    if (next?.buffer !== undefined) {
      buffers.give(next.buffer);
    }
    if (next === undefined || next.last) {
      return Buffer.concat(all);
    }
  }
}

it('goes straight into the buffers that are sent, between what stands around it', async () => {
  const buffers = new SendBuffers(LIMITS);
  const run = new Counted(33);
  const body = streamOfPieces([Uint8Array.of(100), streamOfRun(run), Uint8Array.of(101, 102)]);
  const expected = Buffer.concat([Uint8Array.of(100), counted(33), Uint8Array.of(101, 102)]);
  expect(Buffer.compare(await filled(new Filler(piecesOf(body), buffers), buffers), expected)).toBe(0);
  expect(run.closed).toBe(1);
});

it('its failure comes after what was whole before it, and whoever leaves while it is read closes it', async () => {
  const buffers = new SendBuffers(LIMITS);
  const failing = new Filler(piecesOf(streamOfPieces([streamOfRun(new Counted(30, 14))])), buffers);
  expect([(await failing.next())?.bytes.byteLength, (await failing.next())?.bytes.byteLength]).toEqual([10, 7]);
  expect((await failing.next().catch((error: unknown) => error)) instanceof Error).toBe(true);
  const run = new Counted(1000);
  const left = new Filler(piecesOf(streamOfRun(run)), buffers);
  const reading = left.next();
  await left.cancel();
  expect([await reading, run.closed]).toEqual([undefined, 1]);
});
