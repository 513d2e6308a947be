import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createAccess, type Log, NO_METER } from '@filmless/access';
import { ConfigError } from '../config/config-error.ts';
import { type LoadInput, loadConfig } from '../config/load.ts';
import type { Config } from '../config/model.ts';
import { openDataDirectory } from '../data-directory.ts';
import { createLog } from '../logger.ts';
import { openArchive } from '../server/archive-part.ts';
import { VERSION } from '../version.ts';

/** SQLite's companions of a file. */
const COMPANIONS = ['-wal', '-shm'] as const;

/**
 * `filmless rebuild`: makes the index again from the stored objects. The new index is made beside the old one and takes its
 * place when it is whole, so that a power cut in between changes nothing.
 * @throws ConfigError when the store has nothing to make it from
 */
export async function rebuild(input: LoadInput, print: (line: string) => void): Promise<void> {
  const config = loadConfig(input);
  using _data = await openDataDirectory(config.dataDir);
  const index = indexFile(config);
  const fresh = `${index}.rebuild`;
  await removeDatabase(fresh);
  const seen = await makeIndex(config, fresh);
  if (seen.instances === 0) {
    // A service has its store from a file of variables that a shell does not know: an empty folder would empty the index.
    await removeDatabase(fresh);
    throw new ConfigError(
      `The store holds no object that can be read (${seen.left} cannot), so the index is left as it is. Is it the right one? Give --store or FILMLESS_STORE as the server has it.`,
    );
  }
  await removeDatabase(index);
  await rename(fresh, index);
  print(`The index was made again: ${seen.instances} instances, ${seen.left} objects that could not be read.`);
}

function indexFile({ index, dataDir }: Config): string {
  const file = index.slice('sqlite:'.length);
  return file === '' ? join(dataDir, 'index', 'index.db') : file;
}

async function removeDatabase(file: string): Promise<void> {
  for (const path of [file, ...COMPANIONS.map((suffix) => file + suffix)]) {
    await rm(path, { force: true });
  }
}

interface Seen {
  readonly instances: number;
  readonly left: number;
}

/** The archive makes an index that is not there; opening and closing it is all there is to do. */
async function makeIndex(config: Config, file: string): Promise<Seen> {
  const watched = watchRebuild(createLog());
  await using access = await createAccess({
    place: { file: join(config.dataDir, 'records', 'access.db') },
    version: VERSION,
    log: watched.log,
  });
  await using _archive = await openArchive({
    config: { ...config, index: `sqlite:${file}` },
    access,
    log: watched.log,
    meter: NO_METER,
  });
  return watched.seen();
}

function watchRebuild(log: Log): { readonly log: Log; readonly seen: () => Seen } {
  let seen: Seen = { instances: 0, left: 0 };
  return {
    seen: () => seen,
    log: {
      ...log,
      info: (fields, event) => {
        if (event === 'index-rebuilt' && 'instances' in fields && 'left' in fields) {
          seen = { instances: Number(fields.instances), left: Number(fields.left) };
        }
        log.info(fields, event);
      },
    },
  };
}
