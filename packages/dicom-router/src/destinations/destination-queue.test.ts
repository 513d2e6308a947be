import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DeliveryDesk, numbered, TO_WORKSTATION, WORKSTATION } from '../../test/delivery-desk.ts';
import { RouterError } from '../errors.ts';
import type { DeliveryClass } from '../routing/decision.ts';
import type { Destination } from '../routing/destination.ts';
import type { Outgoing, Transport } from './transport.ts';

const HOUR_MS = 3_600_000;

describe('the queue of a destination', () => {
  let desk: DeliveryDesk;

  beforeEach(async () => {
    desk = await DeliveryDesk.open();
  });

  afterEach(async () => {
    await desk[Symbol.asyncDispose]();
  });

  const queue = async (number: number, priority: DeliveryClass = 'routine', changes: object = {}, study = '1.2') => {
    const decision = { ...TO_WORKSTATION, priority, ...changes };
    await desk.deliveries?.queue(numbered(number, study), [decision], true);
  };

  const takes: Transport['send'] = (due, report) => desk.takes(due, report);

  /** Lets time pass in steps until all is as it should be. */
  const passUntil = async (done: () => Promise<boolean>, stepMs: number, steps: number) => {
    for (let step = 0; step < steps && !(await done()); step += 1) {
      desk.clock.step(stepMs);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };

  it('goes by class, then by when it became due, then by age; what is held waits for its hour', async () => {
    const deliveries = await desk.start([{ ...WORKSTATION, enabled: false }]);
    await queue(1, 'backfill');
    await queue(2, 'routine');
    await queue(3, 'emergency');
    await queue(4, 'consultation');
    await queue(5, 'emergency', { notBefore: desk.clock.now() + HOUR_MS });
    await queue(6, 'emergency');
    await deliveries.put(WORKSTATION);
    await expect.poll(() => desk.sent).toEqual(['1.2.3.3', '1.2.3.6', '1.2.3.4', '1.2.3.2', '1.2.3.1']);
    expect(await desk.states()).toEqual(['done', 'done', 'done', 'done', 'queued', 'done']);
    expect(await deliveries.retry('workstation')).toBe(0);
    await passUntil(async () => desk.sent.length === 6, HOUR_MS / 4, 10);
    expect(desk.sent.at(-1)).toBe('1.2.3.5');
  });

  it('gives an emergency a connection of its own, and stops what is less urgent meanwhile', async () => {
    const running = new Map<DeliveryClass, { readonly outgoing: Outgoing; readonly end: () => void }>();
    desk.send = async (due, report, outgoing) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      running.set(due[0]?.priority ?? 'routine', { outgoing, end: resolve });
      await promise;
      await takes(due, report, outgoing);
    };
    await desk.start();
    await queue(1, 'backfill');
    await expect.poll(() => [...running.keys()]).toEqual(['backfill']);
    const { signal } = new AbortController();
    const backfill = running.get('backfill');
    expect(backfill?.outgoing.line.take(1000, signal)).toBeUndefined();
    await queue(2, 'emergency');
    await queue(3, 'routine');
    await expect.poll(() => [...running.keys()]).toEqual(['backfill', 'emergency']);
    expect(running.get('emergency')?.outgoing.line.take(1000, signal)).toBeUndefined();
    const held = backfill?.outgoing.line.take(1000, signal);
    expect(held).toBeInstanceOf(Promise);
    running.get('emergency')?.end();
    await held;
    // What is more urgent than the backfill follows; the backfill itself goes on.
    await expect.poll(() => [...running.keys()]).toEqual(['backfill', 'emergency', 'routine']);
    running.get('routine')?.end();
    backfill?.end();
    await expect.poll(() => desk.states()).toEqual(['done', 'done', 'done']);
    expect(desk.sent).toEqual(['1.2.3.2', '1.2.3.3', '1.2.3.1']);
  });

  it('keeps everything while the destination is away for three days, and goes on by itself with one first', async () => {
    let tries = 0;
    const batches: number[] = [];
    desk.send = () => {
      tries += 1;
      return Promise.reject(new RouterError('unreachable', '10.0.0.9:104 cannot be reached: no route to host'));
    };
    const deliveries = await desk.start([WORKSTATION], { deliveryMaxDelayMs: HOUR_MS / 2, deliveryBatch: 10 });
    for (let number = 1; number <= 30; number += 1) {
      await queue(number);
    }
    await expect.poll(() => deliveries.status('workstation')?.problem).toContain('cannot be reached');
    const back = desk.clock.now() + 72 * HOUR_MS;
    await passUntil(async () => desk.clock.now() >= back, HOUR_MS / 4, 1000);
    expect(tries).toBeGreaterThan(50);
    await expect.poll(async () => new Set(await desk.states())).toEqual(new Set(['queued']));
    // Nobody is to look at a delivery for what is no fault of it.
    expect(new Set((await desk.rows()).map(({ attempts }) => attempts))).toEqual(new Set([0]));
    desk.send = async (due, report, outgoing) => {
      batches.push(due.length);
      await takes(due, report, outgoing);
    };
    await passUntil(async () => desk.sent.length === 30, HOUR_MS / 4, 1000);
    expect(batches).toEqual([1, 10, 10, 9]);
    expect(desk.sent).toEqual(Array.from({ length: 30 }, (_, index) => `1.2.3.${index + 1}`));
    await expect.poll(async () => new Set(await desk.states())).toEqual(new Set(['done']));
    expect(deliveries.status('workstation')).toMatchObject({ problem: undefined, nextTry: undefined });
  });

  it('sends more at a time over HTTP once the line has shown that it is fast, and not over an association', async () => {
    const when = { callingAes: [], modalities: ['CT'] };
    const web: Destination = { id: 'workstation', when, kind: 'dicomweb', url: 'http://10.0.0.9/dicom-web', enabled: false };
    const sizesTo = async (destination: Destination, from: number) => {
      const sizes: number[] = [];
      desk.send = async (due, report, outgoing) => {
        sizes.push(due.length);
        void outgoing.line.take(70_000_000, new AbortController().signal);
        desk.clock.step(500);
        await takes(due, report, outgoing);
      };
      await desk.deliveries?.put({ ...destination, enabled: false });
      for (let number = from; number < from + 8; number += 1) {
        await queue(number);
      }
      await desk.deliveries?.put({ ...destination, enabled: true });
      await expect.poll(() => sizes.reduce((sum, size) => sum + size, 0)).toBe(8);
      return sizes;
    };
    await desk.start([web], { fastDeliveryBatch: 5 });
    expect(await sizesTo(web, 1)).toEqual([2, 5, 1]);
    expect(await sizesTo({ ...web, line: { bytesPerSecond: 1_000_000_000 } }, 11)).toEqual([2, 2, 2, 2]);
    expect(await sizesTo(WORKSTATION, 21)).toEqual([2, 2, 2, 2]);
  });

  it('sends no more bytes at a time than may be claimed, but one in any case', async () => {
    const batches: string[][] = [];
    desk.send = async (due, report, outgoing) => {
      batches.push(due.map(({ sopInstanceUid }) => sopInstanceUid.slice('1.2.3.'.length)));
      await takes(due, report, outgoing);
    };
    const off = { ...WORKSTATION, enabled: false };
    const deliveries = await desk.start([off], { deliveryBatch: 4, deliveryBatchBytes: 25 });
    for (const [at, bytes] of [10, 15, 1, 100, 25, undefined, undefined, undefined, 5].entries()) {
      await deliveries.queue({ ...numbered(at + 1), bytes }, [TO_WORKSTATION], true);
    }
    await deliveries.put(WORKSTATION);
    await expect.poll(() => desk.sent.length).toBe(9);
    expect(batches).toEqual([['1', '2'], ['3'], ['4'], ['5', '6', '7', '8'], ['9']]);
  });

  it('tries a destination that is away each minute while an emergency waits', async () => {
    let tries = 0;
    desk.send = () => {
      tries += 1;
      return Promise.reject(new RouterError('unreachable', 'away'));
    };
    await desk.start([WORKSTATION], { deliveryMaxDelayMs: HOUR_MS });
    await queue(1);
    await passUntil(async () => tries >= 8, HOUR_MS, 100);
    const before = tries;
    await queue(2, 'emergency');
    await passUntil(async () => tries >= before + 10, 30_000, 40);
    expect(tries - before).toBeGreaterThanOrEqual(10);
  });

  it('leaves a receiver alone that has no room, and gives up on nothing for it', async () => {
    const asked: number[] = [];
    const problem = 'answered A700H (out of resources)';
    desk.send = async (due, report) => {
      asked.push(due.length);
      for (const delivery of due) {
        await report(delivery, { kind: 'again', status: 0xa700, problem });
      }
    };
    const deliveries = await desk.start();
    await queue(1);
    await queue(2);
    await expect.poll(() => deliveries.status('workstation')?.problem).toBe(problem);
    await passUntil(async () => asked.length >= 12, 10_000, 200);
    expect(new Set(await desk.states())).toEqual(new Set(['queued']));
    desk.send = takes;
    await passUntil(async () => desk.sent.length === 2, 10_000, 200);
    await expect.poll(() => desk.states()).toEqual(['done', 'done']);
  });

  it('sends nothing to another facility without a legal basis, and says once a study in the audit trail what it is', async () => {
    const share = { ...WORKSTATION, site: 'BVĐK tỉnh' };
    const deliveries = await desk.start([share]);
    await queue(1);
    const aside = { state: 'aside', problem: expect.stringContaining('without a legal basis: give the destination one') };
    await expect.poll(() => desk.rows()).toMatchObject([aside]);
    expect([desk.sent, desk.events]).toEqual([[], []]);
    await deliveries.put({ ...share, basis: { basis: 'referral', evidence: 'giấy chuyển tuyến 12' } });
    await deliveries.retry('workstation', { onlyAside: true });
    await expect.poll(() => desk.states()).toEqual(['done']);
    await queue(2);
    await queue(3, 'routine', { legal: { basis: 'consultation' } });
    await queue(4, 'routine', {}, '1.9');
    await expect.poll(async () => new Set(await desk.states())).toEqual(new Set(['done']));
    const to = 'to BVĐK tỉnh (destination workstation), legal basis';
    expect(desk.events.map(({ action, studyInstanceUid, detail }) => `${action} ${studyInstanceUid} ${detail}`)).toEqual([
      `study.send 1.2 ${to}: referral, giấy chuyển tuyến 12`,
      `study.send 1.2 ${to}: consultation`,
      `study.send 1.9 ${to}: referral, giấy chuyển tuyến 12`,
    ]);
  });

  it('sends again what was replaced while it was on its way', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    desk.send = async (due, report, outgoing) => {
      await promise;
      await takes(due, report, outgoing);
    };
    await desk.start();
    await queue(1);
    await expect.poll(() => desk.states()).toEqual(['sending']);
    await queue(1);
    resolve();
    await expect.poll(() => desk.sent).toEqual(['1.2.3.1', '1.2.3.1']);
    await expect.poll(() => desk.states()).toEqual(['done']);
  });

  it('lets a person take out what waits or was set aside, never what is being sent or done', async () => {
    desk.send = async (due, report) => {
      for (const delivery of due) {
        await report(delivery, { kind: 'aside', problem: 'no' });
      }
    };
    const deliveries = await desk.start();
    await queue(1);
    await queue(2, 'routine', {}, '1.3');
    await expect.poll(() => desk.states()).toEqual(['aside', 'aside']);
    await queue(3, 'routine', { notBefore: desk.clock.now() + HOUR_MS });
    expect(await deliveries.remove('workstation', { studyInstanceUid: '1.3' })).toEqual([
      { studyInstanceUid: '1.3', instances: 1 },
    ]);
    expect(await deliveries.remove('workstation', {})).toEqual([{ studyInstanceUid: '1.2', instances: 1 }]);
    expect(await desk.states()).toEqual(['queued']);
    desk.send = takes;
    await passUntil(async () => desk.sent.length === 1, HOUR_MS, 4);
    await expect.poll(() => desk.states()).toEqual(['done']);
    expect(await deliveries.remove('workstation', { studyInstanceUid: '1.2' })).toEqual([]);
  });
});
