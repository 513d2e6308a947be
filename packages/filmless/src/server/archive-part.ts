import { type Archive, ArchiveError, createArchive } from '@filmless/archive';
import { ConfigError } from '../config/config-error.ts';
import type { PartContext } from './parts.ts';

/** Opens the archive as configured. @throws ConfigError when its store cannot be reached or is misspelt */
export async function openArchive({ config, access, arrived, transfers, log, meter }: PartContext): Promise<Archive> {
  const { dataDir, store, index, studyQuietMs } = config;
  const told = { ...(arrived === undefined ? {} : { arrived }), ...(transfers === undefined ? {} : { transfers }) };
  try {
    return await createArchive({ dataDir, store, index, access, log, meter, limits: { studyQuietMs }, ...told });
  } catch (error) {
    if (error instanceof ArchiveError && (error.code === 'invalid-request' || error.code === 'store-away')) {
      throw new ConfigError(`The store or index cannot be used: ${error.message} Check --store and --index.`, {
        passing: error.code === 'store-away',
      });
    }
    throw error;
  }
}
