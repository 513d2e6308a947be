import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@filmless/database/test/postgres';
import { ARCHIVE_LIMITS, type ArchiveLimits } from '../../src/core/limits.ts';
import { openPostgresIndex, openSqliteIndex } from '../../src/index/open-index.ts';
import type { SqlIndex } from '../../src/index/sql-index.ts';

/** An engine that indexes lie in, for the tests of one file. */
export interface IndexEngine extends AsyncDisposable {
  /** Opens the index of a name; of a name that was opened before, the same one once more. */
  open(name: string, limits?: Partial<ArchiveLimits>): Promise<SqlIndex>;
}

export type StartEngine = () => Promise<IndexEngine>;

export const inSqlite: StartEngine = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-index-'));
  return {
    open: (name, limits) => openSqliteIndex({ file: join(folder, `${name}.db`), limits: { ...ARCHIVE_LIMITS, ...limits } }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
};

/** On a real server of its own. */
export const inPostgres: StartEngine = async () => {
  const server = await startPostgres();
  const databases = new Map<string, Promise<string>>();
  return {
    open: async (name, limits) => {
      const url = databases.get(name) ?? server.freshDatabase();
      databases.set(name, url);
      return await openPostgresIndex({ url: await url, limits: { ...ARCHIVE_LIMITS, ...limits } });
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
};
