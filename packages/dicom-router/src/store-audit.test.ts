import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KeptLog } from '../test/kept-log.ts';
import { OpenAccess } from '../test/open-access.ts';
import type { DepositOutcome } from './router.ts';
import { type AssociationAudit, StoreAudit } from './store-audit.ts';

const PEER = { callingAe: 'CT01', calledAe: 'FILMLESS', address: '10.0.0.11', secure: false, implementationClassUid: '1' };
const ASSOCIATION = { id: 'a1', peer: PEER };
const SUBJECT = { kind: 'ae', id: 'CT01', name: 'CT01' };
const OBJECT = { content: { pieces: [] }, size: 1, dataSetOffset: 0, sha256: '' };

describe('the audit of what is stored by C-STORE', () => {
  let access: OpenAccess;
  let audit: StoreAudit;

  beforeEach(() => {
    vi.useFakeTimers();
    access = new OpenAccess();
    audit = new StoreAudit(access, new KeptLog(), () => Date.now());
  });

  afterEach(() => {
    vi.useRealTimers();
  });

  const put = async (lines: AssociationAudit, outcome: DepositOutcome) => {
    const deposit = lines.watch(() => Promise.resolve(outcome));
    const source = { kind: 'dimse', callingAe: 'CT01', address: PEER.address, facility: 'north', verified: true } as const;
    expect(await deposit(OBJECT, source)).toBe(outcome);
  };
  const kept = (studyInstanceUid: string, status: 'stored' | 'identical' | 'conflict' = 'stored'): DepositOutcome => ({
    status,
    studyInstanceUid,
    seriesInstanceUid: '2',
    sopInstanceUid: '3',
    sopClassUid: '4',
    warnings: [],
  });

  it('has one line for each study of an association, written when that ends', async () => {
    const lines = audit.begin(ASSOCIATION);
    for (const outcome of [kept('1.1'), kept('1.1', 'conflict'), kept('1.1', 'identical'), kept('1.2')]) {
      await put(lines, outcome);
    }
    expect(access.events).toEqual([]);
    await lines.end();
    const common = { action: 'study.store', outcome: 'success', subject: SUBJECT, address: '10.0.0.11', facility: 'north' };
    expect(access.events).toEqual([
      { ...common, studyInstanceUid: '1.1', detail: '3 instances by C-STORE, 1 of them kept aside, 1 of them known' },
      { ...common, studyInstanceUid: '1.2', detail: '1 instances by C-STORE' },
    ]);
    await lines.end();
    expect(access.events).toHaveLength(2);
  });

  it('is written after a minute while the association goes on', async () => {
    const lines = audit.begin(ASSOCIATION);
    await put(lines, kept('1.1'));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(access.events).toHaveLength(1);
    await put(lines, kept('1.1'));
    await lines.end();
    expect(access.events).toHaveLength(2);
  });

  it('holds a bounded number of studies', async () => {
    const lines = audit.begin(ASSOCIATION);
    for (let study = 0; study < 100; study += 1) {
      await put(lines, kept(`1.${study}`));
    }
    expect(access.events).toHaveLength(100);
  });

  it('does not grow by a study that is sent again and again', async () => {
    for (let count = 0; count < 50; count += 1) {
      const lines = audit.begin(ASSOCIATION);
      await put(lines, kept('1.1', 'identical'));
      await lines.end();
    }
    expect(access.events).toHaveLength(1);
  });

  it('says what was forbidden; what is broken is left to the log of associations', async () => {
    const lines = audit.begin(ASSOCIATION);
    await put(lines, { status: 'refused', reason: 'forbidden', message: 'no' });
    await put(lines, { status: 'refused', reason: 'broken', message: 'no rows' });
    await lines.end();
    expect(access.events).toMatchObject([{ outcome: 'refused', detail: '1 instances not stored: it may not store them' }]);
  });
});
