import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeliveryDesk, numbered, TO_WORKSTATION, WORKSTATION } from '../../test/delivery-desk.ts';
import { createTransfers } from '../receipts/study-transfers.ts';
import { studyDeliveries } from './study-deliveries.ts';

const DAY_MS = 86_400_000;
const CHANGED = { ...TO_WORKSTATION, changes: { remove: ['PatientTelephoneNumbers'] } };

describe('what of a study is still to be done', () => {
  let desk: DeliveryDesk;

  beforeEach(async () => {
    desk = await DeliveryDesk.open();
  });

  afterEach(async () => {
    await desk[Symbol.asyncDispose]();
  });

  const ask = async (study = '1.2') => await studyDeliveries(desk.database, study, 'workstation');
  const settled = (states: readonly string[]) => expect.poll(() => desk.states()).toEqual(states);

  it('is nothing once all of it is delivered, and something while one image waits or is set aside', async () => {
    const deliveries = await desk.start([WORKSTATION]);
    expect(await ask()).toEqual({ open: false, changed: new Set() });
    await deliveries.queue(numbered(1), [TO_WORKSTATION], true);
    await settled(['done']);
    expect((await ask()).open).toBe(false);
    desk.send = async (due, report) => {
      for (const delivery of due) {
        await report(delivery, { kind: 'aside', problem: 'C000H' });
      }
    };
    await deliveries.queue(numbered(2), [TO_WORKSTATION], true);
    await settled(['done', 'aside']);
    expect((await ask()).open).toBe(true);
    expect((await ask('1.9')).open).toBe(false);
  });

  it('is something while routing has yet to decide about an image', async () => {
    await desk.start([WORKSTATION]);
    const source = { kind: 'dimse', callingAe: 'CT01', address: '10.0.0.11', facility: 'main' } as const;
    const arrival = { instance: numbered(1), source, isNew: true, at: 1 };
    await desk.database.write('noteArrival', { ...arrival, state: 'waiting', nextLook: 2 });
    expect((await ask()).open).toBe(true);
  });

  it('names the images that a destination got as something else, for as long as that is asked to be known, and counts them once', async () => {
    const deliveries = await desk.start([WORKSTATION]);
    await deliveries.queue(numbered(1), [CHANGED], true);
    await deliveries.queue(numbered(2), [TO_WORKSTATION], true);
    await settled(['done', 'done']);
    const transfers = createTransfers({
      database: desk.database,
      destinations: { find: () => WORKSTATION },
      deliveries,
      clock: desk.clock,
    });
    for (const _ of [1, 2]) {
      const before = desk.clock.now() + 8 * DAY_MS;
      await desk.database.write('forgetDeliveries', { before, keepChanged: ['workstation'] });
      expect((await ask()).changed).toEqual(new Set(['1.2.3.1']));
      expect((await transfers.of('1.2', 10)).deliveries).toMatchObject([{ delivered: 2, waiting: 0 }]);
    }
    await desk.database.write('forgetDeliveries', { before: desk.clock.now() + 8 * DAY_MS, keepChanged: [] });
    expect((await ask()).changed).toEqual(new Set());
  });
});
