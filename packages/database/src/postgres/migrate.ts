import { DatabaseError } from '../errors.ts';
import { checkNumbers } from '../migration-numbers.ts';
import type { Migration } from '../procedure.ts';
import { failureOf } from './failure.ts';
import type { Session } from './session.ts';

/** One row: the steps that were taken. Whoever takes more holds it meanwhile. */
const versionTable = (schema: string): string => `CREATE TABLE IF NOT EXISTS "${schema}".schema_version (
  one INTEGER PRIMARY KEY CHECK (one = 1), version BIGINT NOT NULL)`;

/** What two processes say that make the same thing at once. PostgreSQL, appendix A. */
const MADE_MEANWHILE: ReadonlySet<string> = new Set(['23505', '42710', '42P06', '42P07']);

const INSUFFICIENT_PRIVILEGE = '42501';

/**
 * Brings a schema to the newest version. All steps are one transaction under the lock of one row: of several processes that
 * start at once one takes them, the others wait and find them taken.
 * @throws DatabaseError `newer-schema` when a later Filmless was here; `failed` when a step failed and all is as it was
 */
export async function migrate(session: Session, schema: string, migrations: readonly Migration[]): Promise<void> {
  checkNumbers(migrations);
  checkTexts(schema, migrations);
  await makeVersionTable(session, schema);
  const known = migrations.length;
  const version = await versionOf(session, schema, '');
  if (version > known) {
    throw newerSchema(schema, version, known);
  }
  if (version < known) {
    await takeSteps(session, schema, migrations);
  }
}

/** PostgreSQL's history may begin late, and has no gap. */
function checkTexts(schema: string, migrations: readonly Migration[]): void {
  const first = migrations.findIndex(({ postgres }) => postgres !== undefined);
  const missing = migrations.slice(Math.max(0, first)).find(({ postgres }) => postgres === undefined);
  if (missing !== undefined) {
    throw new DatabaseError('failed', `${schema}: step ${missing.version}, ${missing.name}, has no statements for PostgreSQL`);
  }
}

async function makeVersionTable(session: Session, schema: string): Promise<void> {
  try {
    const [there] = await session.query('SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = ?', [schema]);
    // NOTE: asking for it "if not exists" needs the right to make one even where it exists.
    if (there === undefined) {
      await ignoring(MADE_MEANWHILE, session.query(`CREATE SCHEMA IF NOT EXISTS "${schema}"`));
    }
    const [table] = await session.query(
      "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = ? AND tablename = 'schema_version'",
      [schema],
    );
    if (table === undefined) {
      await ignoring(MADE_MEANWHILE, session.query(versionTable(schema)));
    }
    await session.query(`INSERT INTO "${schema}".schema_version (one, version) VALUES (1, 0) ON CONFLICT DO NOTHING`);
  } catch (error) {
    throw stateOf(error) === INSUFFICIENT_PRIVILEGE ? notAllowed(schema, error) : error;
  }
}

async function ignoring(states: ReadonlySet<string>, made: Promise<unknown>): Promise<void> {
  try {
    await made;
  } catch (error) {
    if (!states.has(stateOf(error))) {
      throw error;
    }
  }
}

/** NOTE: by its whole name, wherever else the path of this session may lead: another schema must not be taken for this one. */
async function versionOf(session: Session, schema: string, lock: '' | ' FOR UPDATE'): Promise<number> {
  const [row] = (await session.patiently(`SELECT version FROM "${schema}".schema_version WHERE one = 1${lock}`)) as readonly {
    readonly version: number;
  }[];
  return row?.version ?? 0;
}

async function takeSteps(session: Session, schema: string, migrations: readonly Migration[]): Promise<void> {
  await session.control('BEGIN ISOLATION LEVEL READ COMMITTED');
  try {
    await session.control('SET LOCAL lock_timeout = 0');
    await session.control('SET LOCAL statement_timeout = 0');
    await session.control(`SET LOCAL search_path = "${schema}"`);
    const version = await versionOf(session, schema, ' FOR UPDATE');
    if (version > migrations.length) {
      throw newerSchema(schema, version, migrations.length);
    }
    for (const step of migrations.slice(version)) {
      await takeStep(session, schema, step);
    }
    await session.control('COMMIT');
  } catch (error) {
    await session.control('ROLLBACK').catch(() => session.destroy());
    throw error;
  }
}

async function takeStep(session: Session, schema: string, { version, name, postgres = [] }: Migration): Promise<void> {
  try {
    for (const statement of postgres) {
      await session.patiently(statement);
    }
    await session.patiently(`UPDATE "${schema}".schema_version SET version = ${version}`);
  } catch (error) {
    const { code, message } = failureOf(error);
    const said = `${schema} could not be brought to schema version ${version} and is as it was: step ${version}, ${name}: ${message}`;
    throw new DatabaseError(code, said, { cause: error });
  }
}

function newerSchema(schema: string, version: number, known: number): DatabaseError {
  return new DatabaseError(
    'newer-schema',
    `${schema} of the PostgreSQL database has schema version ${version}, this Filmless knows ${known}: install the newer Filmless again, or restore the backup made before the upgrade`,
  );
}

function notAllowed(schema: string, cause: unknown): DatabaseError {
  return new DatabaseError(
    'failed',
    `the PostgreSQL user may not make ${schema}: GRANT CREATE ON DATABASE … TO its user, or CREATE SCHEMA ${schema} AUTHORIZATION its user`,
    { cause },
  );
}

function stateOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
