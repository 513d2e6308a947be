import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KeptLog } from '../test/kept-log.ts';
import { SteppedClock } from '../test/stepped-clock.ts';
import { AssociationJournal } from './association-journal.ts';
import { routerLimits } from './limits.ts';
import { openRouterDatabase } from './records/router-database.ts';
import { db } from './records/tables.ts';

const row = {
  association: 'a1',
  duration_ms: 0,
  calling_ae: 'CT01',
  called_ae: '',
  address: '10.0.0.1',
  outcome: 'released',
  detail: '',
};

it('counts the lines it has no room for, and says so once they are over', async () => {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'filmless-journal-'));
  opened.defer(() => rm(folder, { recursive: true }));
  const database = opened.use(await openRouterDatabase(folder));
  const log = new KeptLog();
  const journal = new AssociationJournal(database, routerLimits({ associationLogPending: 2 }), new SteppedClock(), log);
  const written = async () => (await database.read(db.selectFrom('association').select('stored'))).map(({ stored }) => stored);
  for (let count = 0; count < 5; count += 1) {
    journal.add({ ...row, stored: count, failed: 0 });
  }
  await journal.flush();
  expect(await written()).toEqual([0, 1]);
  expect(log.lines).toEqual(['associations.log-full {"dropped":3,"kept":2}']);
  journal.add({ ...row, stored: 5, failed: 0 });
  await journal.flush();
  expect(await written()).toEqual([0, 1, 5]);
  expect(log.lines).toHaveLength(1);
});
