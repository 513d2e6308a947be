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
    postgres: ['CREATE TABLE counter (name TEXT COLLATE "C" PRIMARY KEY, value BIGINT NOT NULL CHECK (value < 1000))'],
  },
];

type Add = Procedure<{ readonly name: string; readonly by: number }, number>;
/** A file that is written before the counter; `after` milliseconds. */
interface Ahead {
  readonly path: string;
  readonly after: number;
}
type AddWith = Procedure<{ readonly name: string; readonly by: number; readonly ahead: Ahead | null }, number>;
type AddTwice = Procedure<{ readonly first: string; readonly second: string }, void>;
type Claim = Procedure<{ readonly name: string; readonly most: number }, boolean>;
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

/** Two rows, in the order asked for: two that want them the other way round stand in each other's way. */
const addTwice: AddTwice = function* ({ first, second }) {
  yield* add({ name: first, by: 1 });
  yield* add({ name: second, by: 1 });
};

/** Looks before it writes: only one after the other are there never more than `most`. */
const claim: Claim = function* ({ name, most }) {
  const rows = yield* run(db.selectFrom('counter').select('name'));
  if (rows.length >= most) {
    return false;
  }
  yield* run(db.insertInto('counter').values({ name, value: 1 }));
  return true;
};

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
  readonly addTwice: AddTwice;
  readonly addWith: AddWith;
  readonly addThenFail: AddThenFail;
  readonly claim: Claim;
  readonly endThread: Bare;
  readonly endTransaction: Bare;
  readonly limitPages: LimitPages;
} = { add, addTwice, addWith, addThenFail, claim, endThread, endTransaction, limitPages };
