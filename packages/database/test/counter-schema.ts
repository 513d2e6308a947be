import { writeFile } from 'node:fs/promises';
import { type Kysely, sql } from 'kysely';
import { type Besides, type Migration, type Procedure, queryBuilder, run, runFirst } from '../src/index.ts';

export interface Tables {
  readonly counter: { readonly name: string; readonly value: number };
}

export const db: Kysely<Tables> = queryBuilder<Tables>();

export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'counter',
    sqlite: ['CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL CHECK (value < 1000)) STRICT'],
  },
];

type Add = Procedure<{ readonly name: string; readonly by: number }, number>;
/** A file that is written before the counter; `after` milliseconds. */
interface Ahead {
  readonly path: string;
  readonly after: number;
}
type AddWith = Procedure<{ readonly name: string; readonly by: number; readonly ahead: Ahead | null }, number>;
type AddThenFail = Procedure<{ readonly name: string }, never>;
type Bare = Procedure<Readonly<Record<string, never>>, void>;
type LimitPages = Procedure<{ readonly pages: number }, void>;

const add: Add = function* ({ name, by }) {
  const row = yield* runFirst(
    db
      .insertInto('counter')
      .values({ name, value: by })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: sql`counter.value + excluded.value` }))
      .returning('value'),
  );
  return row?.value ?? 0;
};

const addWith: AddWith = function* ({ name, by }) {
  return yield* add({ name, by });
};

export const besides: { readonly addWith: Besides<{ readonly ahead: Ahead | null }> } = {
  addWith: ({ ahead }) => (ahead === null ? undefined : writeAfter(ahead)),
};

async function writeAfter({ path, after }: Ahead): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, after));
  await writeFile(path, 'ahead');
}

const addThenFail: AddThenFail = function* ({ name }) {
  yield* run(db.insertInto('counter').values({ name, value: 1 }));
  throw new Error('on purpose');
};

/** In a worker thread this ends the thread alone. */
// biome-ignore lint/correctness/useYield: it ends before it would
const endThread: Bare = function* () {
  process.exit(1);
};

/** What SQLite does when the transaction cannot be kept: it ends it by itself, in the middle. */
const endTransaction: Bare = function* () {
  yield* run({ compile: () => sql`ROLLBACK`.compile(db) });
  throw new Error('the transaction has ended');
};

/** A file that may not grow is a full disk to SQLite: SQLITE_FULL. */
const limitPages: LimitPages = function* ({ pages }) {
  yield* run({ compile: () => sql`PRAGMA max_page_count = ${sql.lit(pages)}`.compile(db) });
};

export const procedures: {
  readonly add: Add;
  readonly addWith: AddWith;
  readonly addThenFail: AddThenFail;
  readonly endThread: Bare;
  readonly endTransaction: Bare;
  readonly limitPages: LimitPages;
} = { add, addWith, addThenFail, endThread, endTransaction, limitPages };
