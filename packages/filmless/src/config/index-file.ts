import { join } from 'node:path';
import type { Config } from './model.ts';

/** Where the index lies. */
export function indexFile({ index, dataDir }: Pick<Config, 'index' | 'dataDir'>): string {
  const file = index.slice('sqlite:'.length);
  return file === '' ? join(dataDir, 'index', 'index.db') : file;
}
