import { type Compilable, type CompiledQuery, type RawBuilder, sql } from 'kysely';
import { type Compiler, inBoth } from './either.ts';

/** Stands for a value, by its name, in a statement that is compiled once. */
class Slot {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

export type ValueOf<P> = (name: keyof P & string) => RawBuilder<unknown>;

/** A statement with its values. */
export type Statement<P, O> = (values: P) => Compilable<O>;

/**
 * A statement that is compiled once and run with other values each time: compiling costs more than SQLite needs to run it.
 * `build` is handed a function that stands for a value by its name.
 */
export function prepared<P extends object, O = unknown>(build: (value: ValueOf<P>) => RawBuilder<O>): Statement<P, O> {
  const compiled = new Map<Compiler, CompiledQuery<O>>();
  return (values) =>
    inBoth((compiler) => {
      const known = compiled.get(compiler) ?? build((name) => sql`${sql.val(new Slot(name))}`).compile(compiler);
      compiled.set(compiler, known);
      const { query, queryId, sql: text, parameters: slots } = known;
      const parameters = slots.map((slot) => (slot instanceof Slot ? Reflect.get(values, slot.name) : slot));
      return { query, queryId, sql: text, parameters };
    });
}

/** `(a, b) VALUES (:a, :b)`. */
export function columnValues<K extends string>(
  columns: readonly K[],
  value: (name: K) => RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql`(${sql.join(columns.map((column) => sql.ref(column)))}) VALUES (${sql.join(columns.map(value))})`;
}

/** `a = :a, b = :b`. */
export function assignments<K extends string>(
  columns: readonly K[],
  value: (name: K) => RawBuilder<unknown>,
): RawBuilder<unknown> {
  return sql.join(columns.map((column) => sql`${sql.ref(column)} = ${value(column)}`));
}
