import type { Compilable } from 'kysely';
import type { ProcedureArgs, ProcedureResult, Procedures } from './procedure.ts';

/** One database: reads go to any reader and see a committed snapshot, writes are named procedures, in order but for those that wait for work besides. */
export interface Database<P extends Procedures> extends AsyncDisposable {
  /** Rows of one query, built with `queryBuilder`. Ask for pages by key: a result is held in memory whole. */
  read<O>(query: Compilable<O>): Promise<readonly O[]>;
  /** Several queries over one snapshot. */
  readAll<O>(queries: readonly Compilable<O>[]): Promise<readonly (readonly O[])[]>;
  /** Runs one procedure as a unit; resolves only once it is committed and synced to disk. @throws DatabaseError */
  write<K extends keyof P & string>(name: K, args: ProcedureArgs<P[K]>): Promise<ProcedureResult<P[K]>>;
  /** Copies the database, as it is now, to a new file, without stopping. */
  backup(target: string): Promise<void>;
  /** Why nothing can be read or written any more, in words; undefined while the database works. */
  problem(): string | undefined;
}
