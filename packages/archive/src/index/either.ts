import { byEngine } from '@filmless/database';
import {
  type Compilable,
  type CompiledQuery,
  DummyDriver,
  Kysely,
  type OperationNode,
  type RawBuilder,
  type RawNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely';
import { db } from './tables.ts';

/** What compiles a piece of SQL. */
export type Compiler = Parameters<RawBuilder<unknown>['compile']>[0];

/** The pieces as PostgreSQL is to be asked, by those for SQLite. */
const OF_POSTGRES = new WeakMap<OperationNode, OperationNode>();

/** A piece of SQL that the engines are asked in other words, anywhere in a query. Built once, for both. */
export function either(pieces: {
  readonly sqlite: RawBuilder<unknown>;
  readonly postgres: RawBuilder<unknown>;
}): RawBuilder<unknown> {
  const node = { ...pieces.sqlite.toOperationNode() };
  OF_POSTGRES.set(node, pieces.postgres.toOperationNode());
  return sql`${{ toOperationNode: () => node }}`;
}

/** Takes the pieces for PostgreSQL. Values stay `?`: the engine numbers them. */
class PostgresTexts extends SqliteQueryCompiler {
  protected override visitRaw(node: RawNode): void {
    const own = OF_POSTGRES.get(node);
    if (own === undefined) {
      super.visitRaw(node);
    } else {
      this.visitNode(own);
    }
  }
}

const postgresTexts: Compiler = new Kysely<unknown>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (own) => new SqliteIntrospector(own),
    createQueryCompiler: () => new PostgresTexts(),
  },
});

/** A query of which each engine has its own pieces compiled. */
export function inBoth<O>(compile: (compiler: Compiler) => CompiledQuery<O>): Compilable<O> {
  return byEngine<O>({
    sqlite: () => ({ compile: () => compile(db) }),
    postgres: () => ({ compile: () => compile(postgresTexts) }),
  });
}

/** A condition of a WHERE. */
export type Condition = RawBuilder<unknown>;

/** A query written with `sql`, for the database to run. */
export function query<O>(raw: RawBuilder<O>): Compilable<O> {
  return inBoth((compiler) => raw.compile(compiler));
}

/** A list of texts, given as JSON in one value: the text of a query is then the same however long it is. */
export function textsOf(json: RawBuilder<unknown>): RawBuilder<unknown> {
  return either({
    sqlite: sql`SELECT value FROM json_each(${json})`,
    postgres: sql`SELECT value FROM jsonb_array_elements_text(CAST(${json} AS jsonb)) AS listed (value)`,
  });
}

/** The same of whole numbers. */
export function numbersOf(json: RawBuilder<unknown>): RawBuilder<unknown> {
  return either({
    sqlite: sql`SELECT value FROM json_each(${json})`,
    postgres: sql`SELECT CAST(value AS BIGINT) FROM jsonb_array_elements_text(CAST(${json} AS jsonb)) AS listed (value)`,
  });
}

/** Joins in the order written on SQLite, which has no better; PostgreSQL knows how many rows there are. */
export const LEADING: RawBuilder<unknown> = either({ sqlite: sql`CROSS JOIN`, postgres: sql`JOIN` });
