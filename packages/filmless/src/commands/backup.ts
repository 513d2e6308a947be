import { makeBackup } from '../backup/make-backup.ts';
import { postgresUrl } from '../config/database-places.ts';
import { configFile, type LoadInput, loadConfig } from '../config/load.ts';
import { neededFlag } from '../config/own-flag.ts';

const MEGABYTE = 1_000_000;

/** `filmless backup --to DIR`: a copy of the records, also while the server runs. */
export async function backup(input: LoadInput, print: (line: string) => void): Promise<void> {
  const { path: to, rest } = neededFlag(input, '--to', 'DIR', 'where the backup goes');
  const config = loadConfig(rest);
  const onPostgres = postgresUrl(config) !== undefined;
  const { folder, manifest } = await makeBackup({
    dataDir: config.dataDir,
    onPostgres,
    configFile: configFile(rest),
    to,
    now: new Date(),
  });
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  print(`Backed up: ${folder} (${manifest.files.length} files, ${(bytes / MEGABYTE).toFixed(1)} MB, checked).`);
  if (onPostgres) {
    print(
      'Accounts, orders, the audit trail and what else the archive recorded are on PostgreSQL and NOT in it: back them up with',
    );
    print('  pg_dump --format=custom --schema=filmless_access --schema=filmless_archive --file=FILE.dump DATABASE');
  }
  print('It holds password hashes and private keys: keep it where only administrators read. Copy the objects after it.');
}
