import { type MovedTables, moveDatabase } from '@filmless/database';
import { POSTGRES_SCHEMA } from './open-database.ts';

/** Moves accounts, tokens, facilities and the audit trail of a server that does not run from a SQLite file to PostgreSQL. @throws DatabaseError */
export async function moveAccess(file: string, url: string): Promise<MovedTables> {
  return await moveDatabase({
    file,
    url,
    name: POSTGRES_SCHEMA,
    schema: new URL('./move-schema.ts', import.meta.url),
    // The audit trail is only ever added to: what an earlier run brought stays.
    growing: { audit: 'id' },
    leftOut: ['attempt', 'revision'],
  });
}
