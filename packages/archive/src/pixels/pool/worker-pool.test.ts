import { afterEach, describe, expect, it } from 'vitest';
import { layoutOf } from '../../../test/pixels/layout.ts';
import { DEFAULT_PIXEL_LIMITS } from '../limits.ts';
import { type PlannedJob, WorkerPool } from './worker-pool.ts';

/** A worker whose job says in its first byte what it does: 0 answers, 1 never ends, 2 throws, 3 exits. */
const SCRIPT = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort, threadId } from 'node:worker_threads';
    parentPort.on('message', ({ bytes }) => {
      if (bytes[0] === 1) for (;;);
      if (bytes[0] === 2) throw new Error('broken on purpose');
      if (bytes[0] === 3) process.exit(0);
      parentPort.postMessage({ ok: true, kind: 'decode', frame: { rows: threadId, bytes } });
    });
  `)}`,
);

const job = (what: number, change: Partial<PlannedJob> = {}): PlannedJob => ({
  lane: 'frame',
  bytes: 1,
  heavy: false,
  read: () => Promise.resolve({ kind: 'decode', layout: layoutOf(), firstBit: 0, bytes: Uint8Array.of(what) }),
  ...change,
});

let pool: WorkerPool | undefined;
const open = (workers: number, limits = {}): WorkerPool => {
  pool = new WorkerPool(workers, { ...DEFAULT_PIXEL_LIMITS, ...limits }, SCRIPT);
  return pool;
};

afterEach(async () => {
  await pool?.[Symbol.asyncDispose]();
  pool = undefined;
});

describe('the pool', () => {
  it('answers each job with its own result, on as many threads as it has', async () => {
    const running = open(2);
    const replies = await Promise.all(Array.from({ length: 10 }, () => running.run(job(0))));
    expect(new Set(replies.map((reply) => (reply.kind === 'decode' ? reply.frame.rows : 0))).size).toBeLessThanOrEqual(2);
    expect(replies).toHaveLength(10);
  });

  it('ends a job that takes too long and goes on with a new thread', async () => {
    // Long enough for a busy machine to start a thread and do an ordinary job.
    const running = open(1, { jobTimeout: 5000 });
    const endless = running.run(job(1));
    const after = running.run(job(0));
    await expect(endless).rejects.toMatchObject({ code: 'limit-exceeded' });
    await expect(after).resolves.toMatchObject({ ok: true });
  });

  it('ends a thread that has had nothing to do for a while, and starts one when there is', async () => {
    const running = open(1, { workerIdle: 100 });
    const threadOf = async () => {
      const reply = await running.run(job(0));
      return reply.kind === 'decode' ? reply.frame.rows : 0;
    };
    const first = await threadOf();
    expect(await threadOf()).toBe(first);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(running.threads).toBe(0);
    expect(await threadOf()).not.toBe(first);
  });

  it.each([
    [2, 'broken on purpose'],
    [3, 'ended without an answer'],
  ])('survives a thread that fails (%i)', async (what, words) => {
    const running = open(1);
    const failing = running.run(job(what));
    const after = running.run(job(0));
    await expect(failing).rejects.toThrow(words);
    await expect(after).resolves.toMatchObject({ ok: true });
  });

  it('when closed answers what waits with an error, and everything after', async () => {
    const running = open(1);
    const waiting = [running.run(job(1)), running.run(job(0))];
    const outcomes = Promise.allSettled(waiting);
    await running[Symbol.asyncDispose]();
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(running.run(job(0))).rejects.toThrow('stopping');
  });

  it('takes frames before pictures, and those before whole instances, whoever came first', async () => {
    const running = open(1);
    const done: string[] = [];
    const jobs = (['instance', 'picture', 'frame', 'picture'] as const).map((lane, index) =>
      running.run(job(0, { lane })).then(() => done.push(`${lane} ${index}`)),
    );
    await Promise.all(jobs);
    // The first had begun before there was anything else.
    expect(done).toEqual(['instance 0', 'frame 2', 'picture 1', 'picture 3']);
  });

  it('however many large pictures there are, leaves a thread for what is small, and for frames', async () => {
    const running = open(2);
    const large = [1, 1, 1].map((what) => running.run(job(what, { lane: 'picture', heavy: true })));
    const ended = Promise.allSettled(large);
    await expect(running.run(job(0, { lane: 'picture' }))).resolves.toMatchObject({ ok: true });
    await expect(running.run(job(0, { heavy: true }))).resolves.toMatchObject({ ok: true });
    await running[Symbol.asyncDispose]();
    expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  });

  it('reads what waits when its turn comes, and never more than there is room for', async () => {
    const running = open(2, { maxJobBytes: 10 });
    const read: string[] = [];
    const named = (name: string, what: number, bytes: number): PlannedJob => ({
      ...job(what, { bytes }),
      read: () => {
        read.push(name);
        return job(what).read();
      },
    });
    const ended = Promise.allSettled([running.run(named('first', 1, 6)), running.run(named('too much', 0, 6))]);
    await expect(running.run(named('little', 0, 4))).resolves.toMatchObject({ ok: true });
    expect(read).toEqual(['first', 'little']);
    await running[Symbol.asyncDispose]();
    await ended;
    // One alone is always taken.
    await expect(open(1, { maxJobBytes: 10 }).run(job(0, { bytes: 100 }))).resolves.toMatchObject({ ok: true });
  });

  it('goes on with the same thread when what it was to work on cannot be read', async () => {
    const running = open(1);
    const failing = running.run(job(0, { read: () => Promise.reject(new Error('the store is away')) }));
    await expect(failing).rejects.toThrow('the store is away');
    await expect(running.run(job(0))).resolves.toMatchObject({ ok: true });
  });
});
