import type { Log, Source } from '@filmless/access';
import type { ReceivedObject } from '@filmless/dicom';
import { describe, expect, it } from 'vitest';
import { type ArrivalListener, storeAndTell } from './arrival-news.ts';
import type { StoreOutcome } from './store-outcome.ts';

const SOURCE: Source = { kind: 'stow', address: '10.0.0.1', user: 'bác.sĩ', facility: 'main', verified: true };
const LOG: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const RECEIVED = { size: 1234 } as ReceivedObject;
const INSTANCE = {
  studyInstanceUid: '1.2',
  seriesInstanceUid: '1.2.3',
  sopInstanceUid: '1.2.3.4',
  sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
  transferSyntaxUid: '1.2.840.10008.1.2.1',
};
const kept = (status: 'stored' | 'identical' | 'conflict'): StoreOutcome => ({ status, ...INSTANCE, warnings: [] });

describe('who is told of what came over HTTP', () => {
  const noted: unknown[] = [];
  const run = async (outcome: StoreOutcome, listener?: ArrivalListener) => {
    const store = storeAndTell({ store: () => Promise.resolve(outcome), refused: (one) => noted.push(one) }, listener, LOG);
    return await store(RECEIVED, SOURCE, {});
  };

  it('hears of what is kept, and whether it is new, before the sender is answered', async () => {
    const told: unknown[] = [];
    const listener: ArrivalListener = async (...arrival) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      told.push(arrival);
    };
    expect(await run(kept('stored'), listener)).toEqual(kept('stored'));
    expect(await run(kept('identical'), listener)).toEqual(kept('identical'));
    const instance = { ...INSTANCE, bytes: 1234 };
    expect(told).toEqual([
      [instance, SOURCE, true],
      [instance, SOURCE, false],
    ]);
  });

  it('hears nothing of what is kept aside or refused', async () => {
    const listener: ArrivalListener = () => Promise.reject(new Error('told'));
    expect(await run(kept('conflict'), listener)).toEqual(kept('conflict'));
    const refused: StoreOutcome = { status: 'refused', reason: 'broken', message: 'no DICOM' };
    expect(await run(refused, listener)).toEqual(refused);
    expect(noted).toEqual([]);
    expect(await run(kept('stored'))).toEqual(kept('stored'));
  });

  it('has the receipt of its study tell of an instance that was not taken', async () => {
    const { studyInstanceUid, sopInstanceUid } = INSTANCE;
    await run({ status: 'refused', reason: 'full', message: 'no room', studyInstanceUid, sopInstanceUid });
    await run({ status: 'refused', reason: 'forbidden', message: 'not yours', studyInstanceUid, sopInstanceUid });
    expect(noted).toEqual([expect.objectContaining({ studyInstanceUid, sopInstanceUid, reason: 'full', facility: 'main' })]);
  });

  it('makes the sender send again when it cannot note where the instance goes on to', async () => {
    const listener: ArrivalListener = () => Promise.reject(new Error('the database is full'));
    expect(await run(kept('stored'), listener)).toMatchObject({
      status: 'refused',
      reason: 'away',
      sopInstanceUid: INSTANCE.sopInstanceUid,
      message: 'it is kept, and where it goes on to could not be noted: send again later',
    });
  });
});
