import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeliveryDesk, numbered, TO_WORKSTATION, WORKSTATION } from '../../test/delivery-desk.ts';
import type { Destination } from '../routing/destination.ts';
import { createTransfers } from './study-transfers.ts';
import type { Transfers } from './transfers.ts';

const DAY_MS = 86_400_000;
const MOST = 100;
const CENTRE: Destination = { kind: 'filmless', id: 'centre', url: 'https://centre.example', site: 'BV Tỉnh', enabled: false };

let desk: DeliveryDesk;
let transfers: Transfers;

beforeEach(async () => {
  desk = await DeliveryDesk.open();
});

afterEach(async () => {
  await desk[Symbol.asyncDispose]();
});

async function start(destinations: readonly Destination[] = [WORKSTATION]) {
  const deliveries = await desk.start(destinations);
  transfers = createTransfers({
    database: desk.database,
    destinations: { find: (id) => destinations.find((destination) => destination.id === id) },
    deliveries,
    clock: desk.clock,
  });
  return deliveries;
}

const study = async (uid = '1.2') => await transfers.of(uid, MOST);
const counts = async (uid?: string) =>
  (await study(uid)).deliveries.map(({ destination, delivered, waiting, held, aside, confirmed }) => ({
    destination,
    delivered,
    waiting,
    held,
    aside,
    confirmed,
  }));
const settled = (states: readonly string[]) => expect.poll(() => desk.states()).toEqual(states);

describe('where the instances of a study went', () => {
  it('is counted by destination, each instance once however often it comes', async () => {
    const deliveries = await start();
    for (const number of [1, 2, 2, 3]) {
      await deliveries.queue(numbered(number), [TO_WORKSTATION], false);
    }
    await settled(['done', 'done', 'done']);
    expect(await counts()).toEqual([
      { destination: 'workstation', delivered: 3, waiting: 0, held: 0, aside: 0, confirmed: null },
    ]);
    expect((await transfers.open(['1.2'], MOST)).size).toBe(0);
    expect(await transfers.studies('waiting', MOST)).toEqual([]);
  });

  it('tells what was set aside, with the reason, and what waits', async () => {
    desk.send = async (due, report) => {
      for (const delivery of due) {
        await (delivery.sopInstanceUid === '1.2.3.2'
          ? report(delivery, { kind: 'aside', problem: 'the receiver cannot understand it (C000H)' })
          : desk.takes([delivery], report));
      }
    };
    const deliveries = await start([WORKSTATION, CENTRE]);
    for (const number of [1, 2]) {
      await deliveries.queue(numbered(number), [TO_WORKSTATION, { ...TO_WORKSTATION, destination: 'centre' }], true);
    }
    await settled(['done', 'queued', 'aside', 'queued']);
    const { deliveries: found } = await study();
    expect(found).toMatchObject([
      { destination: 'centre', site: 'BV Tỉnh', delivered: 0, held: 2, waiting: 0, confirmed: 0 },
      { destination: 'workstation', delivered: 1, aside: 1, problem: 'the receiver cannot understand it (C000H)' },
    ]);
    expect((await transfers.open(['1.2', '9.9'], MOST)).get('1.2')).toEqual({ waiting: 2, aside: 1, notCommitted: [] });
    expect(await transfers.studies('problem', MOST)).toEqual(['1.2']);
    expect(await transfers.studies('waiting', MOST)).toEqual(['1.2']);
  });

  it('is still known when its lines are long forgotten, and counts no copy that comes later a second time', async () => {
    const deliveries = await start();
    await deliveries.queue(numbered(1), [TO_WORKSTATION], true);
    await deliveries.queue(numbered(2), [TO_WORKSTATION], true);
    await settled(['done', 'done']);
    const last = (await study()).deliveries[0]?.lastDeliveredAt;
    await desk.database.write('forgetDeliveries', { before: desk.clock.now() + 8 * DAY_MS, keepChanged: [] });
    expect(await desk.rows()).toEqual([]);
    expect(await counts()).toMatchObject([{ delivered: 2 }]);
    expect((await study()).deliveries[0]?.lastDeliveredAt).toBe(last);
    // The machine sends its study again, with one image more.
    await deliveries.queue(numbered(1), [TO_WORKSTATION], false);
    await deliveries.queue(numbered(3), [TO_WORKSTATION], true);
    await settled(['done', 'done']);
    expect(await counts()).toMatchObject([{ delivered: 3, waiting: 0 }]);
    await desk.database.write('forgetDeliveries', { before: desk.clock.now() + 8 * DAY_MS, keepChanged: [] });
    expect(await counts()).toMatchObject([{ delivered: 3 }]);
  });

  it('stays known of a destination that is removed', async () => {
    const deliveries = await start();
    await deliveries.queue(numbered(1), [TO_WORKSTATION], true);
    await settled(['done']);
    await deliveries.delete('workstation');
    expect(await counts()).toMatchObject([{ destination: 'workstation', delivered: 1 }]);
  });

  it('is by class and hour: what is held until the night does not count as on its way', async () => {
    const deliveries = await start();
    const later = { ...TO_WORKSTATION, priority: 'backfill', notBefore: desk.clock.now() + DAY_MS } as const;
    await deliveries.queue(numbered(1), [later], true);
    expect(await counts()).toMatchObject([{ held: 1, waiting: 0, delivered: 0 }]);
    expect((await study()).deliveries[0]?.class).toBe('backfill');
  });
});

describe('what was confirmed to machines', () => {
  const instances = [1, 2, 3].map((number) => ({ sopClassUid: '1.2', sopInstanceUid: `1.2.3.${number}` }));
  const request = (transactionUid: string) => ({
    request: { transactionUid, aeTitle: 'CT01', facility: 'main', address: '10.0.0.11', instances },
    now: desk.clock.now(),
    due: desk.clock.now(),
    limits: { requests: 10, instances: 100 },
    duplicate: 0x0131,
  });
  const check = async (transactionUid: string, granted: readonly string[], failed: readonly string[]) => {
    const kept = await desk.database.write('keepCommitment', request(transactionUid));
    const id = kept === 'full' ? 0 : kept.id;
    await desk.database.write('settleCheck', {
      id,
      refused: failed.map((_, position) => ({ position, failure: 0x0112 })),
      aeTitle: 'CT01',
      studies: [
        { studyInstanceUid: '1.2', granted, failed: failed.map((sopInstanceUid) => ({ sopInstanceUid, failure: 0x0112 })) },
      ],
      now: desk.clock.now(),
    });
    return id;
  };

  it('is counted by instance, by the last request that names it, and says when the machine took the report', async () => {
    await start();
    const first = await check('1.1', ['1.2.3.1', '1.2.3.2'], ['1.2.3.3']);
    expect(await study()).toMatchObject({
      commitments: [{ aeTitle: 'CT01', asked: 3, granted: 2, refused: 1, reportedAt: null }],
      notCommitted: ['1.2.3.3'],
    });
    await desk.database.write('settleCommitment', { id: first, outcome: { state: 'reported' }, now: desk.clock.now() });
    expect((await study()).commitments[0]?.reportedAt).toBe(new Date(desk.clock.now()).toISOString());
    expect(await transfers.studies('problem', MOST)).toEqual(['1.2']);
    await check('1.2', ['1.2.3.1', '1.2.3.2', '1.2.3.3'], []);
    expect(await study()).toMatchObject({ commitments: [{ asked: 3, granted: 3, refused: 0 }], notCommitted: [] });
  });

  it('stays counted when the lines are forgotten; what never came keeps its line', async () => {
    await start();
    await check('1.1', ['1.2.3.1', '1.2.3.2'], ['1.2.3.3']);
    const before = desk.clock.now() + DAY_MS;
    await desk.database.write('foldCommitted', { before, failedBefore: 0 });
    expect(await study()).toMatchObject({
      commitments: [{ asked: 3, granted: 2, refused: 1 }],
      notCommitted: ['1.2.3.3'],
    });
    await desk.database.write('foldCommitted', { before, failedBefore: before });
    expect(await study()).toMatchObject({ commitments: [{ asked: 2, granted: 2, refused: 0 }], notCommitted: [] });
  });
});
