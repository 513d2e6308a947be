import { describe, expect, it } from 'vitest';
import { memoryLog } from '../../test/harness.ts';
import type { AuditLine } from '../store/audit.ts';
import { ViewLog } from './view-log.ts';

const view = (id: string, study: string, at: number): AuditLine => ({
  at,
  action: 'view',
  outcome: 'success',
  subject: { kind: 'user', id, name: id },
  studyInstanceUid: study,
});

describe('the log of views', () => {
  it('puts a view on the trail once per subject, study and five minutes', async () => {
    const written: AuditLine[] = [];
    await using log = new ViewLog(async (lines) => {
      written.push(...lines);
    }, memoryLog());
    for (const at of [0, 1000, 299_999, 300_000]) {
      log.add(view('an', '1.2', at));
    }
    log.add(view('binh', '1.2', 1000));
    log.add(view('an', '1.3', 1000));
    await log.flush();
    expect(written.map(({ subject, studyInstanceUid, at }) => [subject?.id, studyInstanceUid, at])).toEqual([
      ['an', '1.2', 0],
      ['an', '1.2', 300_000],
      ['binh', '1.2', 1000],
      ['an', '1.3', 1000],
    ]);
  });

  it('writes what waits when it is closed', async () => {
    const written: AuditLine[] = [];
    const log = new ViewLog(async (lines) => {
      written.push(...lines);
    }, memoryLog());
    log.add(view('an', '1.2', 0));
    await log[Symbol.asyncDispose]();
    expect(written).toHaveLength(1);
    expect(log.lost).toBe(0);
  });

  it('tries again when the disk would not, in the same order', async () => {
    const written: string[] = [];
    let full = true;
    await using log = new ViewLog(async (lines) => {
      if (full) {
        throw new Error('disk full');
      }
      written.push(...lines.map(({ studyInstanceUid = '' }) => studyInstanceUid));
    }, memoryLog());
    log.add(view('an', '1.2', 0));
    await log.flush();
    full = false;
    log.add(view('an', '1.3', 0));
    await log.flush();
    expect(written).toEqual(['1.2', '1.3']);
    expect(log.lost).toBe(0);
  });

  it('counts what it had to give up', async () => {
    const log = new ViewLog(async () => {
      throw new Error('disk full');
    }, memoryLog());
    for (let study = 0; study < 5003; study += 1) {
      log.add(view('an', `1.${study}`, 0));
    }
    expect(log.lost).toBe(3);
    await log[Symbol.asyncDispose]();
    expect(log.lost).toBe(5003);
  });
});
