import { DatabaseError } from './errors.ts';
import type { Migration } from './procedure.ts';

/** @throws DatabaseError `failed` for a history with a gap */
export function checkNumbers(migrations: readonly Migration[]): void {
  const wrong = migrations.find(({ version }, index) => version !== index + 1);
  if (wrong !== undefined) {
    throw new DatabaseError(
      'failed',
      `migration ${wrong.name} has version ${wrong.version}, expected ${migrations.indexOf(wrong) + 1}`,
    );
  }
}
