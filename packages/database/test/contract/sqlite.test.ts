import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../../src/index.ts';
import type { procedures } from '../counter-schema.ts';
import { databaseContract } from '../database-contract.ts';

databaseContract('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-database-'));
  let made = 0;
  return {
    fresh: () => {
      made += 1;
      return Promise.resolve(join(folder, `${made}.db`));
    },
    open: (file, { url }) => openSqlite<typeof procedures>({ file, schema: url, readers: 1 }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
});
