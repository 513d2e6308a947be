import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Database, openSqlite } from '@filmless/database';
import type { RouterProcedures } from './schema.ts';

export type RouterDatabase = Database<RouterProcedures>;

/** `records/router.db` under the data directory. */
export async function openRouterDatabase(dataDir: string): Promise<RouterDatabase> {
  const folder = join(dataDir, 'records');
  await mkdir(folder, { recursive: true });
  return await openSqlite<RouterProcedures>({
    file: join(folder, 'router.db'),
    schema: new URL('./schema.ts', import.meta.url),
    // Asked rarely, and little: threads of its own would cost 40 MB.
    readers: 0,
    threads: 'shared',
  });
}
