import { errorOf, failureOf } from './failure.ts';
import { POSTGRES_LIMITS } from './limits.ts';
import { type Place, Session } from './session.ts';
import { Statements } from './statements.ts';

/** What concerns PostgreSQL's schemas as a whole: whether they are there, and one in the place of another. */

/** Whether the database has been made there. @throws DatabaseError */
export async function hasPostgresSchema(url: string, schema: string): Promise<boolean> {
  return await withSession({ url, schema }, async (session) => {
    const rows = await session.query("SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = ? AND tablename = 'schema_version'", [
      schema,
    ]);
    return rows.length > 0;
  });
}

/** Removes it with all it holds, if it is there. @throws DatabaseError */
export async function dropPostgresSchema(url: string, schema: string): Promise<void> {
  await withSession({ url, schema }, (session) => session.patiently(`DROP SCHEMA IF EXISTS "${schema}" CASCADE`));
}

/** Gives it another name, in the place of one that has that name; nobody ever sees both or neither. @throws DatabaseError */
export async function renamePostgresSchema(url: string, from: string, to: string): Promise<void> {
  await withSession({ url, schema: from }, async (session) => {
    await session.patiently(
      `BEGIN; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0; DROP SCHEMA IF EXISTS "${to}" CASCADE;
        ALTER SCHEMA "${from}" RENAME TO "${to}"; COMMIT`,
    );
  });
}

/**
 * Does work while no other process does such work under the same schema: they wait. The lock is that schema's row of versions, held
 * by a transaction, so that it ends with the process that holds it.
 * @throws DatabaseError, what `work` throws
 */
export async function exclusively<T>(url: string, schema: string, work: () => Promise<T>): Promise<T> {
  return await withSession({ url, schema }, async (session) => {
    await session.patiently(`BEGIN; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0;
      SET LOCAL idle_in_transaction_session_timeout = 0`);
    await session.patiently(`SELECT version FROM "${schema}".schema_version FOR UPDATE`);
    const result = await work();
    await session.control('COMMIT');
    return result;
  });
}

async function withSession<T>(place: Omit<Place, 'answerMs'>, work: (session: Session) => Promise<T>): Promise<T> {
  const session = await sayingWhy(Session.open({ ...place, answerMs: POSTGRES_LIMITS.answerMs }, new Statements()));
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

async function sayingWhy<T>(opened: Promise<T>): Promise<T> {
  try {
    return await opened;
  } catch (error) {
    throw errorOf(failureOf(error), true, error);
  }
}
