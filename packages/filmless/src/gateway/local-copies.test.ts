import type { AuditEvent } from '@filmless/access';
import type { Copies, StoredInstance } from '@filmless/archive';
import { describe, expect, it } from 'vitest';
import { memoryLog } from '../../test/doubles.ts';
import { GATEWAY_LIMITS } from '../limits.ts';
import { LocalCopies, type LocalCopiesOptions } from './local-copies.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-03-20T08:00:00Z');
const KEPT = 10 * DAY;

/** Studies of two instances of 10 bytes each on a disk of 1,000. */
class Site {
  readonly ages: Map<string, number>;
  readonly asked: string[] = [];
  readonly audited: AuditEvent[] = [];
  now = NOW;
  free = 500;
  missing: ReadonlySet<string> = new Set();
  changed: ReadonlySet<string> = new Set();
  open: ReadonlySet<string> = new Set();
  away: Error | undefined;

  /** Days since each was received. */
  constructor(ages: Readonly<Record<string, number>>) {
    this.ages = new Map(Object.entries(ages));
  }

  copies(): LocalCopies {
    const total = { studies: 0, instances: 0, bytes: 0, at: null };
    const removed: Copies['removed'] = { find: async () => undefined, list: async () => [], total: async () => total };
    const copies: Copies = {
      quiet: async ({ before, after, limit }) => {
        const all = [...this.ages].map(([studyInstanceUid, age]) => {
          const updatedAt = new Date(NOW - age * DAY).toISOString();
          return { studyInstanceUid, facility: 'main', updatedAt, instances: 2, bytes: 20 };
        });
        const sorted = all.toSorted((one, other) => one.updatedAt.localeCompare(other.updatedAt));
        const behind = sorted.filter(({ updatedAt }) => updatedAt < before && updatedAt > (after?.updatedAt ?? ''));
        return behind.slice(0, limit);
      },
      instances: (study) => ReadableStream.from([instanceOf(study, 1), instanceOf(study, 2)]),
      remove: async (study) => {
        this.free += 20;
        return this.ages.delete(study);
      },
      removed,
    };
    const options: LocalCopiesOptions = {
      copies,
      deliveriesOf: async (study) => ({ open: this.open.has(study), changed: this.changed }),
      destination: 'archive',
      heldAtCentre: async (study, instances) => {
        this.asked.push(study);
        if (this.away !== undefined) {
          throw this.away;
        }
        return instances.map(({ sopInstanceUid }) => sopInstanceUid).filter((uid) => !this.missing.has(uid));
      },
      room: async () => ({ free: this.free, total: 1_000 }),
      keepMs: KEPT,
      audit: async (event) => {
        this.audited.push(event);
      },
      log: memoryLog(),
      now: () => this.now,
    };
    return new LocalCopies(options);
  }

  get left(): readonly string[] {
    return [...this.ages.keys()];
  }
}

function instanceOf(study: string, number: number): StoredInstance {
  return {
    studyInstanceUid: study,
    seriesInstanceUid: `${study}.1`,
    sopInstanceUid: `${study}.1.${number}`,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.2',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    instanceNumber: number,
    frameCount: 1,
    facility: 'main',
    size: 10,
    dataSetOffset: 0,
    sha256: '',
    receivedAt: '',
    objectKey: `${study}/${number}`,
    inflatedKey: null,
  };
}

describe('copies at a site', () => {
  it('go once they are old and the centre keeps each of them, and the trail says so', async () => {
    const site = new Site({ '1.1': 30, '1.2': 11, '1.3': 9 });
    expect(await site.copies().removeNow()).toBe(2);
    expect(site.left).toEqual(['1.3']);
    expect(site.audited).toMatchObject([
      { action: 'study.remove-copy', studyInstanceUid: '1.1', facility: 'main', detail: '2 instances, 20 bytes' },
      { action: 'study.remove-copy', studyInstanceUid: '1.2' },
    ]);
  });

  it('stay while something of their study is still to be sent, and nobody is asked', async () => {
    const site = new Site({ '1.1': 30, '1.2': 30.5 });
    site.open = new Set(['1.1']);
    expect(await site.copies().removeNow()).toBe(1);
    expect([site.left, site.asked]).toEqual([['1.1'], ['1.2']]);
  });

  it('stay where the centre lacks one image, or got another than lies here; it is asked again an hour later', async () => {
    const site = new Site({ '1.1': 30, '1.2': 31, '1.3': 32 });
    site.missing = new Set(['1.1.1.2']);
    site.changed = new Set(['1.2.1.1']);
    const copies = site.copies();
    copies.start();
    await expect.poll(() => site.left).toEqual(['1.1', '1.2']);
    await copies[Symbol.asyncDispose]();
    expect(copies.standing).toMatchObject({ unconfirmed: 2, short: false });
    expect(copies.warnings()).toEqual([expect.stringContaining('2 old studies stay')]);
    site.missing = new Set();
    copies.start();
    await copies[Symbol.asyncDispose]();
    expect(site.asked).toHaveLength(3);
    const later = site.copies();
    site.changed = new Set();
    expect(await later.removeNow()).toBe(2);
  });

  it('all stay while the centre does not answer', async () => {
    const site = new Site({ '1.1': 30, '1.2': 31 });
    site.away = new Error('no line');
    await expect(site.copies().removeNow()).rejects.toThrow('no line');
    expect([site.left.length, site.asked.length]).toEqual([2, 1]);
  });

  it('go sooner while the disk is short, the oldest first, until there is room again', async () => {
    const ages = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`1.${index + 1}`, 1 + index / 100] as const));
    const site = new Site({ ...ages, '2.1': 0.001 });
    site.free = (1_000 * GATEWAY_LIMITS.shortPercent) / 100 - 1;
    const copies = site.copies();
    // From 149 to 200 and more, by 20 each.
    expect(await copies.removeNow()).toBe(3);
    expect(site.left.slice(-4)).toEqual(['1.25', '1.26', '1.27', '2.1']);
    expect(copies.standing).toMatchObject({ short: false, room: { free: 209, total: 1_000 } });
  });

  it('that may still be coming in stay even then', async () => {
    const site = new Site({ '1.1': 0.001 });
    site.free = 1;
    const copies = site.copies();
    expect(await copies.removeNow()).toBe(0);
    expect(copies.standing.short).toBe(true);
  });
});
