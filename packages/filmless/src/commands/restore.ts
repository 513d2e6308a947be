import { restoreBackup } from '../backup/restore-backup.ts';
import { indexFile, postgresUrl } from '../config/database-places.ts';
import { type LoadInput, loadConfig } from '../config/load.ts';
import { neededFlag } from '../config/own-flag.ts';

/** `filmless restore --from DIR`: the records of a backup in place of those there; the server must be stopped. */
export async function restore(input: LoadInput, print: (line: string) => void): Promise<void> {
  const { path: from, rest } = neededFlag(input, '--from', 'DIR', 'which backup to restore');
  const config = loadConfig(rest);
  const { manifest, aside } = await restoreBackup({
    from,
    dataDir: config.dataDir,
    indexFile: indexFile(config),
    now: new Date(),
  });
  print(`Restored: the records of ${manifest.createdAt}, made by Filmless ${manifest.version}.`);
  if (aside !== undefined) {
    print(`What was there before lies in ${aside}; remove it when all is well.`);
  }
  if (postgresUrl(config) !== undefined) {
    print('Accounts and records on PostgreSQL were left as they are: restore them from the dump of that time with pg_restore.');
  }
  print(
    'Put the objects back too, if they are not there. The index is made anew from them at the next start, or now with: filmless rebuild',
  );
}
