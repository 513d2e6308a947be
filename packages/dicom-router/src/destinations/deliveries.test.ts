import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeliveryDesk, numbered, TO_WORKSTATION, WORKSTATION } from '../../test/delivery-desk.ts';
import type { RouterDatabase } from '../records/router-database.ts';
import { db } from '../records/tables.ts';
import { DELIVERY_CLASSES } from '../routing/decision.ts';

const instance = numbered;

describe('deliveries', () => {
  let desk: DeliveryDesk;

  const start: DeliveryDesk['start'] = (...args) => desk.start(...args);
  const rows = () => desk.rows();
  const states = () => desk.states();

  beforeEach(async () => {
    desk = await DeliveryDesk.open();
  });

  afterEach(async () => {
    await desk[Symbol.asyncDispose]();
  });

  it('are sent in order, each once, however often the instance comes', async () => {
    const queue = await start();
    for (const number of [1, 2, 3, 1]) {
      await queue.queue(instance(number), [TO_WORKSTATION], false);
    }
    await queue.queue(instance(9), [], false);
    await queue.queue(instance(9), [{ ...TO_WORKSTATION, destination: 'gone' }], false);
    await expect.poll(states).toEqual(['done', 'done', 'done']);
    expect(desk.sent).toEqual(['1.2.3.1', '1.2.3.2', '1.2.3.3']);
    expect(desk.log.lines).toEqual(['delivery.unknown-destination {"destination":"gone","rule":"all CT"}']);
  });

  it('are sent again for an object that is new to the archive under a UID it knew', async () => {
    const queue = await start();
    await queue.queue(instance(1), [TO_WORKSTATION], true);
    await expect.poll(states).toEqual(['done']);
    await queue.queue({ ...instance(1), transferSyntaxUid: '1.2.840.10008.1.2.5' }, [TO_WORKSTATION], true);
    await expect.poll(() => desk.sent).toEqual(['1.2.3.1', '1.2.3.1']);
    await expect.poll(states).toEqual(['done']);
    const kept = await desk.database.read(db.selectFrom('delivery').select('transfer_syntax_uid'));
    expect(kept).toEqual([{ transfer_syntax_uid: '1.2.840.10008.1.2.5' }]);
  });

  it('are not lost when what became of them cannot be written', async () => {
    let broken = true;
    const real = desk.database;
    desk.database = new Proxy(real, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        if (key !== 'write') {
          return typeof value === 'function' ? value.bind(target) : value;
        }
        return (...args: Parameters<RouterDatabase['write']>) =>
          broken && args[0] === 'settleDeliveries' ? Promise.reject(new Error('disk full')) : target.write(...args);
      },
    });
    const queue = await start();
    await queue.queue(instance(1), [TO_WORKSTATION], true);
    await expect.poll(() => desk.clock.sleeping).toBe(1000);
    await expect.poll(states).toEqual(['queued']);
    broken = false;
    desk.clock.step(1000);
    await expect.poll(states).toEqual(['done']);
  });

  it('go by the last change of a destination, however fast one follows another', async () => {
    const queue = await start();
    const changes = [1, 2, 3].map((port) => queue.put({ ...WORKSTATION, port, enabled: port !== 3 }));
    await Promise.all(changes);
    await queue.queue(instance(1), [TO_WORKSTATION], true);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await states()).toEqual(['queued']);
    expect(desk.sent).toEqual([]);
  });

  it('are tried again, later and later, while the destination is away, and dropped never', async () => {
    desk.send = () => Promise.reject(new Error('no route to host'));
    const queue = await start();
    await queue.queue(instance(1), [TO_WORKSTATION], false);
    await queue.queue(instance(2), [TO_WORKSTATION], false);
    await expect.poll(() => desk.clock.sleeps).toContain(1000);
    await queue.queue(instance(3), [TO_WORKSTATION], false);
    await expect.poll(() => desk.clock.sleeping).toBe(1000);
    for (const wait of [2000, 4000, 8000, 8000]) {
      desk.clock.step(desk.clock.sleeping);
      await expect.poll(() => desk.clock.sleeping).toBe(wait);
    }
    expect(desk.sent).toEqual([]);
    desk.send = (...args) => desk.takes(...args);
    for (let round = 0; round < 10 && (await states()).some((state) => state !== 'done'); round += 1) {
      desk.clock.step(10_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await states()).toEqual(['done', 'done', 'done']);
  });

  it('are set aside with the reason when trying again is no use, and tried again when a person says so', async () => {
    desk.send = async (due, report) => {
      for (const delivery of due) {
        await report(delivery, { kind: 'aside', problem: 'answered A900H', comment: 'not of Nguyen^Van An' });
      }
    };
    const queue = await start();
    await queue.queue(instance(1), [TO_WORKSTATION], false);
    const problem = 'answered A900H: not of Nguyen^Van An';
    await expect.poll(rows).toEqual([{ sop_instance_uid: '1.2.3.1', state: 'aside', attempts: 1, problem }]);
    // What another says may name a patient: it is kept with the delivery, which the log only points to.
    expect(desk.log.lines).toEqual([
      'delivery.set-aside {"destination":"workstation","delivery":1,"attempts":1,"problem":"answered A900H"}',
    ]);
    desk.send = (...args) => desk.takes(...args);
    expect(await queue.retry('workstation')).toBe(1);
    await expect.poll(states).toEqual(['done']);
  });

  it('are set aside after many tries', async () => {
    desk.send = async (due, report) => {
      for (const delivery of due) {
        await report(delivery, { kind: 'again', problem: 'answered A700H' });
      }
    };
    const queue = await start();
    await queue.queue(instance(1), [TO_WORKSTATION], false);
    for (let round = 0; round < 50 && (await states())[0] !== 'aside'; round += 1) {
      desk.clock.step(10_000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await rows()).toMatchObject([{ state: 'aside', attempts: 4, problem: 'given up after 4 tries: answered A700H' }]);
  });

  it('survive a stop in the middle', async () => {
    desk.send = (_, __, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
    const queue = await start();
    await queue.queue(instance(1), [TO_WORKSTATION], false);
    await expect.poll(states).toEqual(['sending']);
    await queue[Symbol.asyncDispose]();
    expect(await rows()).toMatchObject([{ state: 'queued', attempts: 0 }]);
    desk.send = (...args) => desk.takes(...args);
    await start();
    await expect.poll(states).toEqual(['done']);
  });

  it('that were being sent when the power went are due again at the next start', async () => {
    const off = { ...WORKSTATION, enabled: false };
    const queue = await start([off]);
    await queue.queue(instance(1), [TO_WORKSTATION], false);
    await desk.database.write('claimDeliveries', {
      destination: 'workstation',
      classes: DELIVERY_CLASSES,
      now: desk.clock.now(),
      limit: 1,
      bytes: 1_000,
    });
    expect(await states()).toEqual(['sending']);
    const again = await start();
    expect(await states()).toEqual(['queued']);
    await again.put(WORKSTATION);
    await expect.poll(states).toEqual(['done']);
  });

  it('wait for a destination that is off, which cannot be removed before they are sent', async () => {
    const queue = await start([{ ...WORKSTATION, enabled: false }]);
    await queue.queue(instance(1), [TO_WORKSTATION], false);
    await expect(queue.delete('workstation')).rejects.toMatchObject({ code: 'conflict' });
    expect(await states()).toEqual(['queued']);
    await queue.put(WORKSTATION);
    await expect.poll(states).toEqual(['done']);
    await queue.delete('workstation');
    expect(await states()).toEqual([]);
    await expect(queue.delete('workstation')).rejects.toMatchObject({ code: 'not-found' });
  });
});
