import { join } from 'node:path';
import type { AccessPlace } from '@filmless/access';
import type { Config } from './model.ts';

/** Where the databases lie: accounts, records and index together, in files or on one PostgreSQL. */

type Places = Pick<Config, 'index' | 'dataDir'>;

/** Undefined where they are files. It may hold a password. */
export function postgresUrl({ index }: Pick<Config, 'index'>): string | undefined {
  return index.startsWith('sqlite:') ? undefined : index;
}

/** Undefined on PostgreSQL. */
export function indexFile({ index, dataDir }: Places): string | undefined {
  if (postgresUrl({ index }) !== undefined) {
    return undefined;
  }
  const file = index.slice('sqlite:'.length);
  return file === '' ? join(dataDir, 'index', 'index.db') : file;
}

export function accessPlace({ index, dataDir }: Places, onWaiting?: (reason: string) => void): AccessPlace {
  const url = postgresUrl({ index });
  return url === undefined ? { file: join(dataDir, 'records', 'access.db') } : { url, onWaiting };
}

/** Databases that are files here, by name: the router's always. */
export function databaseFiles(config: Places): readonly { readonly name: string; readonly file: string }[] {
  const file = (name: string) => ({ name, file: join(config.dataDir, 'records', `${name}.db`) });
  const index = indexFile(config);
  return index === undefined ? [file('router')] : [...['access', 'archive', 'router'].map(file), { name: 'index', file: index }];
}
