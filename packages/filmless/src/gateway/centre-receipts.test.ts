import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GATEWAY_LIMITS } from '../limits.ts';
import { CentreReceipts } from './centre-receipts.ts';

describe('receipts of the centre', () => {
  let answer: () => Response;
  let asked: string[];
  let receipts: CentreReceipts;

  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse('2026-03-20T08:00:00Z') });
    asked = [];
    answer = () => Response.json({ state: 'waiting', missing: 0, safe: 3, indexed: 3, told: [] });
    const centre = async (path: string) => {
      asked.push(path);
      return answer();
    };
    receipts = new CentreReceipts({ centre, problem: () => null, now: Date.now });
  });

  afterEach(() => {
    receipts[Symbol.dispose]();
    vi.useRealTimers();
  });

  it('are what it says now; of a study it does not have, that', async () => {
    const receipt = { state: 'waiting', missing: 0, safe: 3, indexed: 3 };
    expect(await receipts.of('1.2')).toEqual({ receipt, asOf: '2026-03-20T08:00:00.000Z', problem: null });
    expect(asked).toEqual(['/api/studies/1.2/receipt']);
    answer = () => new Response(null, { status: 404 });
    expect(await receipts.of('1.2')).toEqual({ receipt: null, asOf: '2026-03-20T08:00:00.000Z', problem: null });
  });

  it('are what it said last while it does not answer, with when and why', async () => {
    answer = () => {
      throw new Error('no line');
    };
    expect(await receipts.of('1.2')).toEqual({ receipt: null, asOf: null, problem: 'no line' });
    answer = () => Response.json({ state: 'complete', missing: 0, safe: 3, indexed: 3 });
    await receipts.of('1.2');
    vi.advanceTimersByTime(3_600_000);
    answer = () => Response.json({ state: 'unheard of' });
    const standing = await receipts.of('1.2');
    expect(standing).toMatchObject({ receipt: { state: 'complete' }, asOf: '2026-03-20T08:00:00.000Z' });
    expect(standing.problem).toContain('cannot be read');
  });

  it('are asked for by themselves soon after something became of a study, once however much did', async () => {
    for (const study of ['1.2', '1.3', '1.2']) {
      receipts.note(study);
    }
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(GATEWAY_LIMITS.receiptDelay);
    expect(asked).toEqual(['/api/studies/1.2/receipt', '/api/studies/1.3/receipt']);
    receipts.note('1.4');
    await vi.advanceTimersByTimeAsync(GATEWAY_LIMITS.receiptDelay);
    expect(asked).toHaveLength(3);
  });
});
