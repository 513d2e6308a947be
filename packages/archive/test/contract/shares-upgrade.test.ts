import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { ALL, from, openTestArchive, type TestArchive, ticking } from '../support/archive.ts';
import { objectFile } from '../support/objects.ts';
import { BRANCH, deletion, expectClosed, MAIN, mayOpen, opened, STUDY, THIRD, takeOut } from '../support/shared-study.ts';

describe('shares of a version that did not write down whose they are', () => {
  const LATER = ['workitem_subscription', 'workitem_watcher', 'workitem', 'mark', 'marked_study'].map(
    (table) => `DROP TABLE ${table}`,
  );

  /** Sets the records back to what that version left. */
  function setBack(archive: TestArchive, ...more: readonly string[]): void {
    using database = new DatabaseSync(join(archive.folder, 'records.db'));
    for (const step of [...more, ...LATER, 'ALTER TABLE share DROP COLUMN owner', 'PRAGMA user_version = 7']) {
      database.exec(step);
    }
  }
  /** An hour after all that was done before. */
  const later = async (folder: string) =>
    await openTestArchive({ folder, wrap: (ports) => ({ ...ports, now: ticking('2026-03-01T09:00:00.000Z') }) });
  const IN_FORCE = 'UPDATE share SET ended_at = NULL, ended_by = NULL';

  it('stay in force while the study is there', async () => {
    const archive = await opened();
    await archive.kill();
    setBack(archive);
    await using again = await later(archive.folder);
    expect(await mayOpen(again.core, BRANCH)).toBe(true);
    await again.core.rejections.reject({ studyInstanceUid: STUDY }, deletion, ALL);
    await expectClosed(again);
  });

  it('wait for the study where the first start has another store, and nothing of what was shared', async () => {
    const archive = await opened();
    await archive.kill();
    setBack(archive);
    const records = join(archive.folder, 'records.db');
    const wrong = join(await mkdtemp(join(tmpdir(), 'filmless-wrong-')), 'records.db');
    await copyFile(records, wrong);
    const first = await later(dirname(wrong));
    expect(await mayOpen(first.core, BRANCH)).toBe(false);
    await first.kill();
    await copyFile(wrong, records);
    await rm(dirname(wrong), { recursive: true });
    await using again = await later(archive.folder);
    expect(await mayOpen(again.core, BRANCH)).toBe(true);
    expect(await again.core.shares(STUDY, MAIN)).toMatchObject([{ facility: 'branch' }]);
  });

  it.each([
    ['deleted', 'deleted', ''],
    ['removed', 'removed because another archive keeps it', ''],
    ['gone without a trace', 'deleted', 'DELETE FROM rejected_instance; DELETE FROM rejection'],
  ])('end where the study was %s, though another facility has one under its UID', async (_name, how, step) => {
    const archive = await opened();
    await takeOut[how]?.(archive.core);
    if (step === '') {
      await archive.store(objectFile({ pixel: 9 }), from('third'));
    }
    await archive.kill();
    setBack(archive, IN_FORCE, step);
    await using again = await later(archive.folder);
    expect(await mayOpen(again.core, BRANCH)).toBe(false);
    if (step === '') {
      expect(await again.core.shares(STUDY, THIRD)).toEqual([]);
    } else {
      await expectClosed(again);
    }
  });
});
