import { anything, listIn, object, or, type Parse } from './json.ts';

/** Part of a list; `next` asks for what comes after, and is null at its end. */
export interface Page<T, N = number> {
  readonly rows: readonly T[];
  readonly next: N | null;
}

/** A page whose rows stand under a name of their own. */
export function pageIn<T, N>(key: string, parseRow: Parse<T>, parseNext: Parse<N>): Parse<Page<T, N>> {
  const parseRows = listIn(key, parseRow);
  const parseRest = object<{ readonly next: unknown }>({ next: anything });
  return (value, path) => ({
    rows: parseRows(value, path),
    next: Array.isArray(value) ? null : or(parseNext, null)(parseRest(value, path).next, `${path}.next`),
  });
}
