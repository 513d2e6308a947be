import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptLog } from '../../test/kept-log.ts';
import { SteppedClock } from '../../test/stepped-clock.ts';
import { routerLimits } from '../limits.ts';
import { openRouterDatabase, type RouterDatabase } from '../records/router-database.ts';
import { db } from '../records/tables.ts';
import { DELIVERY_CLASSES, type Decision } from '../routing/decision.ts';
import type { Destination, DicomDestination } from '../routing/destination.ts';
import { Deliveries } from './deliveries.ts';
import type { Send } from './delivery-loop.ts';
import { DestinationDirectory } from './destination-directory.ts';

const WORKSTATION: DicomDestination = {
  kind: 'dicom',
  id: 'workstation',
  aeTitle: 'WS1',
  host: '10.0.0.9',
  port: 104,
  when: { callingAes: [], modalities: ['CT'] },
  enabled: true,
};

const TO_WORKSTATION: Decision = { destination: 'workstation', rule: 'all CT', priority: 'routine', changes: {} };

const instance = (number: number) => ({
  studyInstanceUid: '1.2',
  seriesInstanceUid: '1.2.3',
  sopInstanceUid: `1.2.3.${number}`,
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
});

describe('deliveries', () => {
  let folder: string;
  let database: RouterDatabase;
  let clock: SteppedClock;
  let deliveries: Deliveries | undefined;
  let sent: string[];
  let log: KeptLog;
  /** What the destination does; a test changes it. */
  let send: Send;

  const limits = routerLimits({ deliveryDelayMs: 1000, deliveryMaxDelayMs: 8000, deliveryAttempts: 4, deliveryBatch: 2 });

  const takes: Send = async (_, due, report) => {
    for (const delivery of due) {
      sent.push(delivery.sopInstanceUid);
      await report(delivery, { kind: 'done' });
    }
  };

  const start = async (destinations: readonly Destination[] = [WORKSTATION]) => {
    const directory = await DestinationDirectory.open(database, destinations, 10);
    const options = { database, clock, limits, log, send: (...args: Parameters<Send>) => send(...args) };
    deliveries = await Deliveries.open(options, directory);
    return deliveries;
  };

  const rows = () =>
    database.read(db.selectFrom('delivery').select(['sop_instance_uid', 'state', 'attempts', 'problem']).orderBy('id'));
  const states = async () => (await rows()).map(({ state }) => state);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-deliveries-'));
    database = await openRouterDatabase(folder);
    clock = new SteppedClock();
    sent = [];
    log = new KeptLog();
    send = takes;
  });

  afterEach(async () => {
    await deliveries?.[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  it('are sent in order, each once, however often the instance comes', async () => {
    const queue = await start();
    for (const number of [1, 2, 3, 1]) {
      await queue.queue(instance(number), [TO_WORKSTATION], false);
    }
    await queue.queue(instance(9), [], false);
    await queue.queue(instance(9), [{ ...TO_WORKSTATION, destination: 'gone' }], false);
    await expect.poll(states).toEqual(['done', 'done', 'done']);
    expect(sent).toEqual(['1.2.3.1', '1.2.3.2', '1.2.3.3']);
    expect(log.lines).toEqual(['delivery.unknown-destination {"destination":"gone","rule":"all CT"}']);
  });

  it('are sent again for an object that is new to the archive under a UID it knew', async () => {
    const queue = await start();
    await queue.queue(instance(1), [TO_WORKSTATION], true);
    await expect.poll(states).toEqual(['done']);
    await queue.queue({ ...instance(1), transferSyntaxUid: '1.2.840.10008.1.2.5' }, [TO_WORKSTATION], true);
    await expect.poll(() => sent).toEqual(['1.2.3.1', '1.2.3.1']);
    await expect.poll(states).toEqual(['done']);
    const kept = await database.read(db.selectFrom('delivery').select('transfer_syntax_uid'));
    expect(kept).toEqual([{ transfer_syntax_uid: '1.2.840.10008.1.2.5' }]);
  });

  it('are not lost when what became of them cannot be written', async () => {
    let broken = true;
    const real = database;
    database = new Proxy(real, {
      get: (target, key) => {
        const value: unknown = Reflect.get(target, key);
        if (key !== 'write') {
          return typeof value === 'function' ? value.bind(target) : value;
        }
        return (...args: Parameters<RouterDatabase['write']>) =>
          broken && args[0] === 'settleDelivery' ? Promise.reject(new Error('disk full')) : target.write(...args);
      },
    });
    const queue = await start();
    await queue.queue(instance(1), [TO_WORKSTATION], true);
    await expect.poll(() => clock.sleeping).toBe(1000);
    expect(await states()).toEqual(['sending']);
    broken = false;
    clock.step(1000);
    await expect.poll(states).toEqual(['done']);
  });

  it('go by the last change of a destination, however fast one follows another', async () => {
    const queue = await start();
    const changes = [1, 2, 3].map((port) => queue.put({ ...WORKSTATION, port, enabled: port !== 3 }));
    await Promise.all(changes);
    await queue.queue(instance(1), [TO_WORKSTATION], true);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await states()).toEqual(['queued']);
    expect(sent).toEqual([]);
  });

  it('are tried again, later and later, while the destination is away, and dropped never', async () => {
    send = () => Promise.reject(new Error('no route to host'));
    const queue = await start();
    await queue.queue(instance(1), [TO_WORKSTATION], false);
    await queue.queue(instance(2), [TO_WORKSTATION], false);
    await expect.poll(() => clock.sleeps).toContain(1000);
    await queue.queue(instance(3), [TO_WORKSTATION], false);
    for (const wait of [2000, 4000, 8000, 8000]) {
      clock.step(clock.sleeping);
      await expect.poll(() => clock.sleeping).toBe(wait);
    }
    expect(sent).toEqual([]);
    send = takes;
    for (let round = 0; round < 10 && (await states()).some((state) => state !== 'done'); round += 1) {
      clock.step(10_000);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await states()).toEqual(['done', 'done', 'done']);
  });

  it('are set aside with the reason when trying again is no use, and tried again when a person says so', async () => {
    send = async (_, due, report) => {
      for (const delivery of due) {
        await report(delivery, { kind: 'aside', problem: 'answered A900H', comment: 'not of Nguyen^Van An' });
      }
    };
    const queue = await start();
    await queue.queue(instance(1), [TO_WORKSTATION], false);
    const problem = 'answered A900H: not of Nguyen^Van An';
    await expect.poll(rows).toEqual([{ sop_instance_uid: '1.2.3.1', state: 'aside', attempts: 1, problem }]);
    // What another says may name a patient: it is kept with the delivery, which the log only points to.
    expect(log.lines).toEqual([
      'delivery.set-aside {"destination":"workstation","delivery":1,"attempts":1,"problem":"answered A900H"}',
    ]);
    send = takes;
    expect(await queue.retry('workstation')).toBe(1);
    await expect.poll(states).toEqual(['done']);
  });

  it('are set aside after many tries', async () => {
    send = async (_, due, report) => {
      for (const delivery of due) {
        await report(delivery, { kind: 'again', problem: 'answered A700H' });
      }
    };
    const queue = await start();
    await queue.queue(instance(1), [TO_WORKSTATION], false);
    for (let round = 0; round < 50 && (await states())[0] !== 'aside'; round += 1) {
      clock.step(10_000);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await rows()).toMatchObject([{ state: 'aside', attempts: 4, problem: 'given up after 4 tries: answered A700H' }]);
  });

  it('survive a stop in the middle', async () => {
    send = (_, __, ___, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));
    const queue = await start();
    await queue.queue(instance(1), [TO_WORKSTATION], false);
    await expect.poll(states).toEqual(['sending']);
    await queue[Symbol.asyncDispose]();
    expect(await rows()).toMatchObject([{ state: 'queued', attempts: 0 }]);
    send = takes;
    await start();
    await expect.poll(states).toEqual(['done']);
  });

  it('that were being sent when the power went are due again at the next start', async () => {
    const off = { ...WORKSTATION, enabled: false };
    const queue = await start([off]);
    await queue.queue(instance(1), [TO_WORKSTATION], false);
    await database.write('claimDeliveries', {
      destination: 'workstation',
      classes: DELIVERY_CLASSES,
      now: clock.now(),
      limit: 1,
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
