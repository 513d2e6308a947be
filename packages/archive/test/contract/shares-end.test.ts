import type { AuditEvent } from '@filmless/access';
import { describe, expect, it } from 'vitest';
import { Core } from '../../src/core/core.ts';
import type { Change } from '../../src/core/model.ts';
import { ALL, from, openTestArchive, replacing } from '../support/archive.ts';
import { objectFile } from '../support/objects.ts';
import { BRANCH, deletion, expectClosed, MAIN, mayOpen, opened, STUDY, share, THIRD, takeOut } from '../support/shared-study.ts';

describe.each(Object.entries(takeOut))('a study that was shared and is %s', (_how, leave) => {
  it('takes its share with it: under its UID another facility’s study is not shared', async () => {
    const audit: AuditEvent[] = [];
    await using archive = await opened(audit);
    await leave(archive.core);
    const ended = { action: 'study.unshare', outcome: 'success', studyInstanceUid: STUDY, facility: 'main' };
    expect(audit.filter(({ action }) => action === 'study.unshare')).toMatchObject([
      { ...ended, subject: { kind: 'service', id: 'archive' }, detail: 'with branch: the study was taken out' },
    ]);
    await expectClosed(archive);
  });

  it('is told of to the facility it was shared with', async () => {
    await using archive = await opened();
    const told: Change[] = [];
    using _listening = archive.core.subscribe(BRANCH, (change) => told.push(change));
    await leave(archive.core);
    await expect.poll(() => told).toContainEqual({ studyInstanceUid: STUDY, change: 'updated' });
  });
});

describe('a share', () => {
  it('is not there again when what was deleted is restored: who owns it shares it again', async () => {
    await using archive = await opened();
    const { id } = await archive.core.rejections.reject({ studyInstanceUid: STUDY }, deletion, ALL);
    await archive.core.rejections.restore(id, 'admin', ALL);
    expect(await archive.core.shares(STUDY, MAIN)).toEqual([]);
    await using started = await Core.start(archive.with);
    expect(await mayOpen(started, BRANCH)).toBe(false);
    await started.share(STUDY, share, MAIN);
    expect(await mayOpen(started, BRANCH)).toBe(true);
  });

  it('ends also where the process ended before it was carried out', async () => {
    let isAway = true;
    await using archive = await opened([], (ports) => ({
      ...ports,
      records: replacing(ports.records, {
        endShares: async (...asked) => {
          if (isAway) {
            throw new Error('away');
          }
          return await ports.records.endShares(...asked);
        },
      }),
    }));
    await expect(archive.core.rejections.reject({ studyInstanceUid: STUDY }, deletion, ALL)).rejects.toThrow('away');
    isAway = false;
    await expectClosed(archive);
  });

  it('that was left in force opens nothing of another owner, and ends when that is seen', async () => {
    let ends = false;
    await using archive = await opened([], (ports) => ({
      ...ports,
      records: replacing(ports.records, {
        endShares: async (...asked) => (ends ? await ports.records.endShares(...asked) : []),
      }),
    }));
    await archive.core.rejections.reject({ studyInstanceUid: STUDY }, deletion, ALL);
    await archive.store(objectFile({ pixel: 9 }), from('third'));
    // As an earlier version left it: open to the branch.
    await archive.with.index.setReach({ studyInstanceUid: STUDY, owner: 'third', facility: 'branch', expiresAt: null });
    ends = true;
    await using started = await Core.start(archive.with);
    expect(await mayOpen(started, BRANCH)).toBe(false);
    expect(await started.shares(STUDY, THIRD)).toEqual([]);
  });

  it('stays in force where an index does not know the study: it may have been made from another store', async () => {
    const archive = await opened();
    await archive.kill();
    const empty = await openTestArchive({ folder: archive.folder, index: 'empty.db' });
    expect(await mayOpen(empty.core, BRANCH)).toBe(false);
    await empty.kill();
    await using again = await openTestArchive({ folder: archive.folder });
    expect(await mayOpen(again.core, BRANCH)).toBe(true);
    expect(await again.core.shares(STUDY, MAIN)).toMatchObject([{ facility: 'branch' }]);
  });

  it('that is taken back is told of to the facility that had it', async () => {
    await using archive = await opened();
    const told: Change[] = [];
    using _listening = archive.core.subscribe(BRANCH, (change) => told.push(change));
    await archive.core.unshare(STUDY, 'branch', 'doctor', MAIN);
    await expect.poll(() => told).toContainEqual({ studyInstanceUid: STUDY, change: 'updated' });
  });
});
