import { afterEach, expect, it, vi } from 'vitest';
import type { Dependencies } from '../dependencies.ts';
import { ARCHIVE_LIMITS } from '../limits.ts';
import type { WorkitemEvents } from '../model.ts';
import type { Workitem } from './model.ts';
import { SubscriptionDesk } from './subscription-desk.ts';
import type { WorkitemQuery } from './workitem-records.ts';

const pauses = vi.hoisted(() => [] as (() => void)[]);
vi.mock('node:timers/promises', () => ({
  setTimeout: async () => await new Promise<void>((resolve) => pauses.push(resolve)),
}));

afterEach(() => {
  pauses.length = 0;
});

const ALL: readonly Workitem[] = Array.from({ length: 250 }, (_, n) => ({
  uid: `1.2.${n}`,
  facility: 'main',
  state: 'SCHEDULED',
  transactionUid: null,
  attributes: { '00404005': { vr: 'DT', Value: [`20260301${String(n).padStart(6, '0')}`] } },
  version: 1,
  createdAt: '',
  updatedAt: '',
}));

const workitems: Partial<Dependencies['records']['workitems']> = {
  watch: () => Promise.resolve(undefined),
  subscribeToAll: () => Promise.resolve(),
  page: ({ after, limit }: WorkitemQuery) => {
    const start = after === undefined ? 0 : ALL.findIndex(({ uid }) => uid === after.uid) + 1;
    return Promise.resolve(ALL.slice(start, start + limit));
  },
};

it('who begins to watch a long worklist with a lock is told of it in pieces, each after a pause', async () => {
  const pieces: (readonly WorkitemEvents[])[] = [];
  const desk = new SubscriptionDesk(
    {
      records: { workitems },
      limits: { ...ARCHIVE_LIMITS, workitemToldBytes: 4_000 },
      facilities: () => [{ id: 'main' }],
      now: () => '',
    } as unknown as Dependencies,
    { noteWorkitems: (all) => pieces.push(all) },
  );
  let isDone = false;
  const watching = desk.watch({ aeTitle: 'RIS', locked: true, by: 'RIS' }, { facilities: 'all' }).then(() => {
    isDone = true;
  });
  for (let told = 1; !isDone; told += 1) {
    await vi.waitFor(() => expect(isDone || pauses.length > 0).toBe(true));
    expect(pieces).toHaveLength(told);
    pauses.shift()?.();
    await new Promise(setImmediate);
  }
  await watching;
  expect(pieces.length).toBeGreaterThan(3);
  for (const piece of pieces) {
    expect(JSON.stringify(piece.map(({ reports }) => reports)).length).toBeLessThan(4_500);
  }
  expect(pieces.flat().map(({ workitemUid }) => workitemUid)).toEqual(ALL.map(({ uid }) => uid));
});
