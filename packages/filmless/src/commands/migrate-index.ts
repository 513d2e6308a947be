import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { moveAccess } from '@filmless/access';
import { ArchiveError, IndexMove, type IndexPass, moveRecords } from '@filmless/archive';
import { ConfigError } from '../config/config-error.ts';
import { indexFile, postgresUrl } from '../config/database-places.ts';
import { type LoadInput, loadConfig } from '../config/load.ts';
import { ownFlag, ownText } from '../config/own-flag.ts';
import { type DataDirectory, openDataDirectory } from '../data-directory.ts';
import { SERVER_LIMITS } from '../limits.ts';

type Print = (line: string) => void;

/**
 * `filmless migrate-index --to postgres://…`: moves accounts, records and index of SQLite files to PostgreSQL. The most of it is done
 * while the server runs; the rest once it is stopped. Ended at any moment it goes on when it is run again.
 * @throws ConfigError
 */
export async function migrateIndex(input: LoadInput, print: Print): Promise<void> {
  const { to, rest } = moveTarget(input);
  const config = loadConfig(rest);
  const file = indexFile(config);
  if (file === undefined || postgresUrl(config) !== undefined) {
    throw new ConfigError('The archive is on PostgreSQL already: give --index as it was before, sqlite: or sqlite:FILE.');
  }
  try {
    await using move = await IndexMove.open({ file, url: to });
    print('Bringing what is there. The server may run meanwhile.');
    await passed(move, print);
    using data = await stopped(config.dataDir, move, print);
    const studies = await compared(move, print);
    const access = await moveAccess(join(data.path, 'records', 'access.db'), to);
    const records = await moveRecords(join(data.path, 'records', 'archive.db'), to);
    await move.finish();
    print(
      `Moved and compared: ${studies.studies} studies, ${studies.instances} instances, ${records.rows} records, ${access.rows} of accounts and the audit trail.`,
    );
    print(
      'Start the server with --index and this address (or FILMLESS_INDEX). The files in the data directory are as they were.',
    );
  } catch (error) {
    throw error instanceof ArchiveError ? new ConfigError(error.message) : error;
  }
}

const ADDRESS = 'postgres://USER:PASSWORD@HOST:PORT/DATABASE';

/**
 * The address that the archive moves to, and the words that are left. A variable and a file keep its password from whoever may list
 * processes.
 * @throws ConfigError, which never repeats it
 */
export function moveTarget(input: LoadInput): { readonly to: string; readonly rest: LoadInput } {
  const flag = ownText(input, '--to', ADDRESS);
  const file = ownFlag(flag.rest, '--to-file', 'FILE');
  if (flag.text !== undefined && file.path !== undefined) {
    throw new ConfigError('--to and --to-file say the same: leave one out.');
  }
  const inFile = file.path === undefined ? undefined : addressIn(file.path);
  const to = flag.text ?? inFile ?? input.environment.FILMLESS_MIGRATE_TO ?? '';
  if (!/^postgres(ql)?:\/\//.test(to) || !URL.canParse(to)) {
    throw new ConfigError(
      `Say where the archive goes, an empty database: ${ADDRESS}, as FILMLESS_MIGRATE_TO, in a file (--to-file FILE), or behind --to, where others can read it.`,
    );
  }
  return { to, rest: file.rest };
}

function addressIn(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new ConfigError(`The file ${path} cannot be read (${String(error)}). Check the path and its permissions.`);
  }
}

async function passed(move: IndexMove, print: Print): Promise<IndexPass> {
  let said = performance.now();
  const pass = await move.pass((so) => {
    if (performance.now() - said > SERVER_LIMITS.moveTold) {
      said = performance.now();
      print(inWords(so));
    }
  });
  print(inWords(pass));
  return pass;
}

function inWords({ studies, instances, brought, removed }: IndexPass): string {
  return `${studies} studies with ${instances} instances looked at, ${brought} brought, ${removed} taken away.`;
}

/** The data directory, once the server has let go of it; until then what it stores is brought after it. */
async function stopped(dataDir: string, move: IndexMove, print: Print): Promise<DataDirectory> {
  const free = async () => await openDataDirectory(dataDir).catch(whyNot);
  for (let told = false; ; told = true) {
    const data = await free();
    if (!(data instanceof ConfigError)) {
      return data;
    }
    if (!told) {
      print(data.message);
      print('All that was there is on PostgreSQL. Stop the server now: this command brings the rest and ends.');
    }
    const began = performance.now();
    await move.pass(() => undefined);
    // Looking through a large archive takes minutes: it is done for no more than half of the time.
    const until = performance.now() + Math.max(SERVER_LIMITS.moveAgain, performance.now() - began);
    while (performance.now() < until) {
      await pause(SERVER_LIMITS.moveLook);
      const found = await free();
      if (!(found instanceof ConfigError)) {
        return found;
      }
    }
  }
}

function whyNot(error: unknown): ConfigError {
  if (error instanceof ConfigError) {
    return error;
  }
  throw error;
}

/** Passes until one finds both the same. @throws ConfigError */
async function compared(move: IndexMove, print: Print): Promise<IndexPass> {
  for (let left = SERVER_LIMITS.movePasses; left > 0; left -= 1) {
    const pass = await passed(move, print);
    if (pass.brought + pass.removed === 0) {
      return pass;
    }
  }
  throw new ConfigError('PostgreSQL keeps something other than what it is given: does another process write to that database?');
}
