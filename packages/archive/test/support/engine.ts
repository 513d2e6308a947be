import { join } from 'node:path';
import { type Database, openPostgres, openSqlite } from '@filmless/database';
import { type PostgresServer, startPostgres } from '@filmless/database/test/postgres';
import { afterAll, beforeAll } from 'vitest';
import { RECORDS_SCHEMA } from '../../src/records/run-fence.ts';
import type { procedures } from '../../src/records/schema.ts';
import type { RecordsPlace } from '../../src/records/sql-records.ts';

/** NOTE: of one test file: each runs in a process of its own. */
let server: PostgresServer | undefined;
const databases = new Map<string, Promise<string>>();

/** All archives of this test file keep their databases on a PostgreSQL server, those of one folder in one database. */
export function testOnPostgres(): void {
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    server = undefined;
  });
}

/** The database of an archive's folder; undefined where they are files. */
async function databaseOf(folder: string): Promise<string | undefined> {
  if (server === undefined) {
    return undefined;
  }
  const known = databases.get(folder) ?? server.freshDatabase();
  databases.set(folder, known);
  return await known;
}

export async function recordsPlace(folder: string): Promise<RecordsPlace> {
  const url = await databaseOf(folder);
  return url === undefined ? { file: join(folder, 'records.db') } : { url };
}

const schema = new URL('../../src/records/schema.ts', import.meta.url);

/** The records of an archive's folder without what reads them, to put faults between. */
export async function recordsDatabase(folder: string): Promise<Database<typeof procedures>> {
  const place = await recordsPlace(folder);
  return 'url' in place
    ? await openPostgres<typeof procedures>({ url: place.url, name: RECORDS_SCHEMA, schema })
    : await openSqlite<typeof procedures>({ file: place.file, schema, readers: 0 });
}

/** When an archive has ended and its folder goes. */
export async function releaseDatabase(folder: string): Promise<void> {
  const url = databases.get(folder);
  databases.delete(folder);
  if (url !== undefined) {
    await server?.giveBack(await url);
  }
}
