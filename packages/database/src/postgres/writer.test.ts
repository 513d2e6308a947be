import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { DatabaseError } from '../errors.ts';
import type { Pool } from './pool.ts';
import { Writer } from './writer.ts';

/** What several lanes find at the same moment. */
const away = {
  most: 4,
  use: () => Promise.reject(new DatabaseError('away', 'the PostgreSQL server cannot be reached', { notRun: true })),
} as unknown as Pool;

it.each([1, 2, 5, 40])('tells each of %i calls at once that there is no connection', async (count) => {
  const writer = new Writer(away, { migrations: [], procedures: {} }, 'serializable');
  const outcomes = await Promise.allSettled(Array.from({ length: count }, (_, index) => writer.call(`write${index}`, {})));
  expect(outcomes.map((outcome) => outcome.status === 'rejected' && [outcome.reason.code, outcome.reason.notRun])).toEqual(
    Array(count).fill(['away', true]),
  );
  await writer.idle();
});

it('tells nobody that there is no connection while another is being opened', async () => {
  let asked = 0;
  /** A connection that is of no use for anything but being there. */
  const connected = () => {
    const session = { usable: true, destroy: () => {} };
    session.destroy = () => {
      session.usable = false;
    };
    return session;
  };
  const scarce = {
    most: 2,
    use: async (work: (session: unknown) => Promise<unknown>) => {
      asked += 1;
      if (asked === 1) {
        throw new DatabaseError('busy', 'too many connections', { notRun: true });
      }
      await pause(20);
      return await work(connected());
    },
  } as unknown as Pool;
  const writer = new Writer(scarce, { migrations: [], procedures: {} }, 'serializable');
  const outcomes = await Promise.allSettled([writer.call('one', {}), writer.call('two', {})]);
  await writer.idle();
  expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.code)).not.toContain('busy');
  expect(asked).toBeGreaterThan(1);
});
