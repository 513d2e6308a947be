import { rename, rm } from 'node:fs/promises';
import { createAccess, type Log, NO_METER } from '@filmless/access';
import { isArchiveAtWork } from '@filmless/archive';
import { dropPostgresSchema, hasPostgresSchema, renamePostgresSchema } from '@filmless/database';
import { ConfigError } from '../config/config-error.ts';
import { accessPlace, indexFile, postgresUrl } from '../config/database-places.ts';
import { type LoadInput, loadConfig } from '../config/load.ts';
import type { Config } from '../config/model.ts';
import { openDataDirectory } from '../data-directory.ts';
import { createLog } from '../logger.ts';
import { openArchive } from '../server/archive-part.ts';
import { VERSION } from '../version.ts';

/** PostgreSQL's schema of the index, and where the old one waits. */
const INDEX_SCHEMA = 'filmless_index';
const ASIDE = 'filmless_index_before';

/** SQLite's companions of a file. */
const COMPANIONS = ['-wal', '-shm'] as const;

/**
 * `filmless rebuild`: makes the index again from the stored objects. The old one is kept until the new one is whole.
 * @throws ConfigError when the store has nothing to make it from
 */
export async function rebuild(input: LoadInput, print: (line: string) => void): Promise<void> {
  const config = loadConfig(input);
  using _data = await openDataDirectory(config.dataDir);
  const url = postgresUrl(config);
  const seen = url === undefined ? await rebuildFile(config) : await rebuildOnPostgres(config, url);
  if (seen.instances === 0) {
    // A service has its store from a file of variables that a shell does not know: an empty folder would empty the index.
    throw new ConfigError(
      `The store holds no object that can be read (${seen.left} cannot), so the index is left as it is. Is it the right one? Give --store or FILMLESS_STORE as the server has it.`,
    );
  }
  print(`The index was made again: ${seen.instances} instances, ${seen.left} objects that could not be read.`);
}

/** The new index is made beside the old one and takes its place when it is whole: a power cut in between changes nothing. */
async function rebuildFile(config: Config): Promise<Seen> {
  const index = indexFile(config) ?? '';
  const fresh = `${index}.rebuild`;
  await removeDatabase(fresh);
  const seen = await makeIndex({ ...config, index: `sqlite:${fresh}` });
  if (seen.instances === 0) {
    await removeDatabase(fresh);
    return seen;
  }
  await removeDatabase(index);
  await rename(fresh, index);
  return seen;
}

/**
 * The old index is put aside under another name, and brought back when there is nothing to make a new one from. What is cut off in
 * between is made whole by the next start, which finds an index that was not made to its end.
 */
async function rebuildOnPostgres(config: Config, url: string): Promise<Seen> {
  if (await isArchiveAtWork(url)) {
    // It would take objects for leftovers that the new index does not know yet, and store into the old one.
    throw new ConfigError('An archive process is at work on this database: stop all of them, then rebuild.');
  }
  if (await hasPostgresSchema(url, INDEX_SCHEMA)) {
    await renamePostgresSchema(url, INDEX_SCHEMA, ASIDE);
  }
  const seen = await makeIndex(config);
  if (seen.isEmpty && (await hasPostgresSchema(url, ASIDE))) {
    await renamePostgresSchema(url, ASIDE, INDEX_SCHEMA);
  } else {
    await dropPostgresSchema(url, ASIDE);
  }
  return seen;
}

async function removeDatabase(file: string): Promise<void> {
  for (const path of [file, ...COMPANIONS.map((suffix) => file + suffix)]) {
    await rm(path, { force: true });
  }
}

interface Seen {
  readonly instances: number;
  readonly left: number;
  /** Nothing is in the index: another process that was started meanwhile may have filled it, too. */
  readonly isEmpty: boolean;
}

/** The archive makes an index that is not there; opening and closing it is all there is to do. */
async function makeIndex(config: Config): Promise<Seen> {
  const watched = watchRebuild(createLog());
  await using access = await createAccess({
    place: accessPlace(config),
    version: VERSION,
    log: watched.log,
  });
  await using archive = await openArchive({
    config,
    access,
    log: watched.log,
    meter: NO_METER,
  });
  return { ...watched.seen(), isEmpty: await archive.isEmpty() };
}

function watchRebuild(log: Log): { readonly log: Log; readonly seen: () => Omit<Seen, 'isEmpty'> } {
  let seen: Omit<Seen, 'isEmpty'> = { instances: 0, left: 0 };
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
