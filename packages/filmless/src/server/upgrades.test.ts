import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { memoryLog } from '../../test/doubles.ts';
import { tellUpgrades, upgradeCopies } from './upgrades.ts';

it('tells of the databases that this start brought up to date, and where each lies as it was', async () => {
  const data = await mkdtemp(join(tmpdir(), 'filmless-upgrades-'));
  const records = join(data, 'records');
  await mkdir(records);
  for (const name of ['access.db', 'access.db-wal', 'access.db.before-2', 'router.db']) {
    await writeFile(join(records, name), '');
  }
  const before = await upgradeCopies(data);
  expect([...before]).toEqual(['access.db.before-2']);
  const log = memoryLog();
  await tellUpgrades(data, before, log);
  expect(log.lines).toEqual([]);
  await writeFile(join(records, 'access.db.before-3'), '');
  await tellUpgrades(data, before, log);
  expect(log.lines).toMatchObject([
    { level: 'warn', fields: { database: 'access.db', copy: join(records, 'access.db.before-3') } },
  ]);
  await rm(data, { recursive: true });
});
