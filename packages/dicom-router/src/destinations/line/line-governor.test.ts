import { describe, expect, it } from 'vitest';
import { SteppedClock } from '../../../test/stepped-clock.ts';
import type { DeliveryClass } from '../../routing/decision.ts';
import { LineGovernor, PACED_WRITE_BYTES } from './line-governor.ts';

function governed(bytesPerSecond?: number) {
  const clock = new SteppedClock();
  const governor = new LineGovernor({ line: bytesPerSecond === undefined ? undefined : { bytesPerSecond }, clock });
  const { signal } = new AbortController();
  /** Writes without end, until so many were let through. */
  const writer = (priority: DeliveryClass) => {
    const line = governor.open(priority);
    const written = { bytes: 0, line };
    const run = async () => {
      while (written.bytes < 10_000_000) {
        await line.take(PACED_WRITE_BYTES, signal);
        written.bytes += PACED_WRITE_BYTES;
        await Promise.resolve();
      }
    };
    void run();
    return written;
  };
  const pass = async (seconds: number) => {
    for (let step = 0; step < seconds * 20; step += 1) {
      clock.step(50);
      for (let turn = 0; turn < 20; turn += 1) {
        await Promise.resolve();
      }
    }
  };
  return { clock, governor, writer, pass, signal };
}

describe('the governor of a line', () => {
  it('lets through what the line is given, in small writes', async () => {
    const { writer, pass, governor } = governed(160_000);
    const written = writer('routine');
    expect(written.line.writeBytes).toBe(PACED_WRITE_BYTES);
    await pass(10);
    expect(written.bytes).toBeGreaterThan(1_500_000);
    expect(written.bytes).toBeLessThan(1_650_000);
    expect(governor.measured).toBeGreaterThan(140_000);
    expect(governor.measured).toBeLessThan(180_000);
  });

  it('gives an emergency the line within a write, and a backfill one write in five seconds meanwhile', async () => {
    const { writer, pass } = governed(160_000);
    const backfill = writer('backfill');
    await pass(2);
    const before = backfill.bytes;
    const emergency = writer('emergency');
    await pass(1);
    expect(backfill.bytes - before).toBeLessThanOrEqual(PACED_WRITE_BYTES);
    expect(emergency.bytes).toBeGreaterThan(120_000);
    await pass(10);
    expect(backfill.bytes - before).toBeGreaterThanOrEqual(PACED_WRITE_BYTES);
    expect(backfill.bytes - before).toBeLessThanOrEqual(4 * PACED_WRITE_BYTES);
    emergency.line[Symbol.dispose]();
    const after = backfill.bytes;
    emergency.bytes = 10_000_000;
    await pass(2);
    expect(backfill.bytes - after).toBeGreaterThan(100_000);
  });

  it('holds nobody up on a line without a bound, but what is less urgent', async () => {
    const { governor, signal, clock } = governed();
    const routine = governor.open('routine');
    const backfill = governor.open('backfill');
    expect(routine.writeBytes).toBeUndefined();
    expect(routine.take(1_000_000_000, signal)).toBeUndefined();
    let let_through = false;
    const held = backfill.take(1000, signal)?.then(() => {
      let_through = true;
    });
    await Promise.resolve();
    expect(let_through).toBe(false);
    clock.step(5000);
    await held;
    expect(let_through).toBe(true);
    routine[Symbol.dispose]();
    expect(backfill.take(1000, signal)).toBeUndefined();
  });

  it('lets go whoever is told to stop', async () => {
    const { governor } = governed(1000);
    const stop = new AbortController();
    const line = governor.open('routine');
    expect(line.take(PACED_WRITE_BYTES, stop.signal)).toBeUndefined();
    const waiting = line.take(PACED_WRITE_BYTES, stop.signal);
    expect(waiting).toBeInstanceOf(Promise);
    stop.abort();
    await waiting;
    expect(line.take(PACED_WRITE_BYTES, stop.signal)).toBeUndefined();
  });
});
