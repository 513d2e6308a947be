import { DatabaseError } from '../errors.ts';
import type { Migration } from '../procedure.ts';
import type { Connection } from './connection.ts';

/**
 * Brings the schema to the newest version, one transaction a step; `user_version` counts the steps taken.
 * @throws DatabaseError `newer-schema` when the file was written by a later Filmless
 */
export function migrate(connection: Connection, migrations: readonly Migration[]): void {
  const known = migrations.length;
  let version = Number(connection.raw.pragma('user_version', { simple: true }));
  if (version > known) {
    throw new DatabaseError(
      'newer-schema',
      `the database has schema version ${version}, this Filmless knows ${known}: install the newer Filmless again, or restore the backup made before the upgrade`,
    );
  }
  for (const migration of migrations.slice(version)) {
    version += 1;
    if (migration.version !== version) {
      throw new DatabaseError('failed', `migration ${migration.name} has version ${migration.version}, expected ${version}`);
    }
    connection.exec('BEGIN IMMEDIATE');
    try {
      for (const statement of migration.sqlite) {
        connection.exec(statement);
      }
      connection.raw.pragma(`user_version = ${version}`);
      connection.exec('COMMIT');
    } catch (error) {
      connection.exec('ROLLBACK');
      throw error;
    }
  }
}
