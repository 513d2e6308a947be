import { type Database, openPostgres, openSqlite } from '@filmless/database';
import type { procedures } from './schema.ts';

/** Where accounts, sessions, tokens, facilities and the audit trail are kept. */
export type AccessPlace =
  /** Path of an SQLite file; its folder must exist. */
  | { readonly file: string }
  /** `postgres://…`: shared by any number of processes. */
  | { readonly url: string; readonly onWaiting?: ((reason: string) => void) | undefined };

/** PostgreSQL's schema that holds them. */
export const POSTGRES_SCHEMA = 'filmless_access';

const schema = new URL('./schema.ts', import.meta.url);

/** @throws DatabaseError */
export async function openAccessDatabase(place: AccessPlace): Promise<Database<typeof procedures>> {
  if ('file' in place) {
    return await openSqlite<typeof procedures>({ file: place.file, schema, readers: 1, threads: 'shared' });
  }
  const { url, onWaiting } = place;
  return await openPostgres<typeof procedures>({
    url,
    name: POSTGRES_SCHEMA,
    schema,
    ...(onWaiting === undefined ? {} : { onWaiting }),
  });
}
