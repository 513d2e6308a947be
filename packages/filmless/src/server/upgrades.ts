import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '@filmless/access';

/** `access.db.before-3`: what a database was before its schema was brought to version 3. */
const COPY = /^[a-z]+\.db\.before-\d+$/;

/** Copies that were put beside the records before their schema was changed. */
export async function upgradeCopies(dataDir: string): Promise<ReadonlySet<string>> {
  return new Set((await readdir(join(dataDir, 'records'))).filter((name) => COPY.test(name)));
}

/** Tells the operator which databases this start has brought up to date, and where each lies as it was before. */
export async function tellUpgrades(dataDir: string, before: ReadonlySet<string>, log: Log): Promise<void> {
  for (const copy of await upgradeCopies(dataDir)) {
    if (!before.has(copy)) {
      const [database] = copy.split('.before-');
      log.warn(
        { database, copy: join(dataDir, 'records', copy) },
        'the database was brought up to this version: an older Filmless does not open it any more; what it was before is kept',
      );
    }
  }
}
