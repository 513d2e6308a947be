// needs: postgres
import { openPostgres } from '../../src/index.ts';
import type { procedures } from '../counter-schema.ts';
import { databaseContract } from '../database-contract.ts';
import { startPostgres } from '../postgres-server.ts';

databaseContract('PostgreSQL', async () => {
  const server = await startPostgres();
  return {
    fresh: () => server.freshDatabase(),
    open: (url, { schema }) => openPostgres<typeof procedures>({ url, name: 'filmless_test', schema }),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
});
