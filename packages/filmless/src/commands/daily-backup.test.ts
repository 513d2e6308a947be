import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryLog } from '../../test/doubles.ts';
import { stamp } from '../backup/files.ts';
import { DailyBackup } from './daily-backup.ts';

const HOUR = 3_600_000;

describe('the daily backup', () => {
  let folder: string;
  let now: number;
  let problem: string | undefined;
  let made: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-daily-'));
    now = Date.parse('2026-11-22T02:00:00Z');
    [problem, made] = [undefined, 0];
  });

  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  function daily(keep = 3) {
    const log = memoryLog();
    const backup = new DailyBackup({
      folder,
      keep,
      now: () => now,
      log,
      backUp: async () => {
        made += 1;
        if (problem === undefined) {
          const name = join(folder, `filmless-backup-${stamp(new Date(now))}`);
          await mkdir(name);
          await writeFile(join(name, 'manifest.json'), '{}');
        }
        return problem;
      },
    });
    return { backup, log };
  }

  it('is made once in a day, at the first look too', async () => {
    const { backup } = daily();
    for (let hour = 0; hour < 50; hour += 1) {
      await backup.look();
      now += HOUR;
    }
    expect(made).toBe(3);
    expect(backup.warnings()).toEqual([]);
  });

  it('keeps the newest ones, and touches nothing that it did not make', async () => {
    const foreign = ['filmless-backup-mine', 'filmless-backup-20200101T000000Z', '.filmless-backup-20991231T000000Z.partial'];
    await Promise.all(foreign.map((name) => mkdir(join(folder, name))));
    await mkdir(join(folder, '.filmless-backup-20261101T000000Z.partial'));
    const { backup } = daily(2);
    for (let day = 0; day < 4; day += 1) {
      await backup.look();
      now += 24 * HOUR;
    }
    expect((await readdir(folder)).toSorted()).toEqual(
      [...foreign, 'filmless-backup-20261124T020000Z', 'filmless-backup-20261125T020000Z'].toSorted(),
    );
  });

  it('that fails is told of and tried again after an hour, until it succeeds', async () => {
    problem = 'There is no room.';
    const { backup, log } = daily();
    await backup.look();
    await backup.look();
    expect([made, backup.warnings()]).toEqual([1, ['The daily backup failed: There is no room.']]);
    expect(log.lines).toMatchObject([{ level: 'error', event: 'backup.failed' }]);
    now += HOUR;
    problem = undefined;
    await backup.look();
    expect([made, backup.warnings()]).toEqual([2, []]);
  });
});
