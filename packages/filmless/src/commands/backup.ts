import { makeBackup } from '../backup/make-backup.ts';
import { configFile, type LoadInput, loadConfig } from '../config/load.ts';
import { neededFlag } from '../config/own-flag.ts';

const MEGABYTE = 1_000_000;

/** `filmless backup --to DIR`: a copy of the records, also while the server runs. */
export async function backup(input: LoadInput, print: (line: string) => void): Promise<void> {
  const { path: to, rest } = neededFlag(input, '--to', 'DIR', 'where the backup goes');
  const { dataDir } = loadConfig(rest);
  const { folder, manifest } = await makeBackup({ dataDir, configFile: configFile(rest), to, now: new Date() });
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  print(`Backed up: ${folder} (${manifest.files.length} files, ${(bytes / MEGABYTE).toFixed(1)} MB, checked).`);
  print('It holds password hashes and private keys: keep it where only administrators read. Copy the objects after it.');
}
