import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { KeptLog } from '../test/kept-log.ts';
import { SteppedClock } from '../test/stepped-clock.ts';
import { AssociationJournal, type EndedAssociation } from './association-journal.ts';
import { Contacts } from './doctor/contacts.ts';
import { routerLimits } from './limits.ts';
import { openRouterDatabase } from './records/router-database.ts';
import { db } from './records/tables.ts';

const ended: EndedAssociation = {
  id: 'a1',
  direction: 'in',
  callingAe: 'CT01',
  calledAe: '',
  address: '10.0.0.1',
  secure: false,
  outcome: 'released',
  detail: '',
  findings: [],
};

it('counts the lines it has no room for, and says so once they are over', async () => {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'filmless-journal-'));
  opened.defer(() => rm(folder, { recursive: true }));
  const database = opened.use(await openRouterDatabase(folder));
  const log = new KeptLog();
  const limits = routerLimits({ associationLogPending: 2 });
  const contacts = await Contacts.open(database, { limits, now: 0, listed: () => false });
  const journal = new AssociationJournal({ database, limits, clock: new SteppedClock(), log, contacts });
  const written = async () => (await database.read(db.selectFrom('association').select('stored'))).map(({ stored }) => stored);
  for (let count = 0; count < 5; count += 1) {
    journal.add({ ...ended, stored: count, failed: 0 });
  }
  await journal.flush();
  expect(await written()).toEqual([0, 1]);
  expect(log.lines).toEqual(['associations.log-full {"dropped":3,"kept":2}']);
  journal.add({ ...ended, stored: 5, failed: 0 });
  await journal.flush();
  expect(await written()).toEqual([0, 1, 5]);
  expect(log.lines).toHaveLength(1);
});
