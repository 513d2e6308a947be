/** Reads a value of an answer, or throws with the path of what is wrong: nothing unparsed gets past here. */
export type Parse<T> = (value: unknown, path: string) => T;

/** The answer of the server has an unexpected form. */
export class UnreadableAnswer extends Error {
  override readonly name = 'UnreadableAnswer';
}

export const text: Parse<string> = (value, path) => {
  if (typeof value !== 'string') {
    throw new UnreadableAnswer(`${path}: text expected`);
  }
  return value;
};

export const number: Parse<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new UnreadableAnswer(`${path}: number expected`);
  }
  return value;
};

export const flag: Parse<boolean> = (value, path) => {
  if (typeof value !== 'boolean') {
    throw new UnreadableAnswer(`${path}: true or false expected`);
  }
  return value;
};

/** Takes anything: for values that are only shown. */
export const anything: Parse<unknown> = (value) => value;

export function list<T>(parse: Parse<T>): Parse<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) {
      throw new UnreadableAnswer(`${path}: list expected`);
    }
    return value.map((entry, index) => parse(entry, `${path}[${index}]`));
  };
}

/** `null` and a missing value become the fallback. */
export function or<T, F>(parse: Parse<T>, fallback: F): Parse<T | F> {
  return (value, path) => (value === undefined || value === null ? fallback : parse(value, path));
}

export function oneOf<T extends string>(...values: readonly T[]): Parse<T> {
  return (value, path) => {
    const found = values.find((known) => known === value);
    if (found === undefined) {
      throw new UnreadableAnswer(`${path}: one of ${values.join(', ')} expected`);
    }
    return found;
  };
}

export function object<T extends object>(shape: { readonly [K in keyof T]-?: Parse<T[K]> }): Parse<T> {
  return (value, path) => {
    const record = asRecord(value, path);
    const entries = Object.keys(shape).map((key) => [key, shape[key as keyof T](record[key], `${path}.${key}`)]);
    return Object.fromEntries(entries) as T;
  };
}

/** The list of an answer that may wrap it: `[…]`, or `{ "users": […] }`. */
export function listIn<T>(key: string, parse: Parse<T>): Parse<readonly T[]> {
  const entries = list(parse);
  return (value, path) => (Array.isArray(value) ? entries(value, path) : entries(asRecord(value, path)[key], `${path}.${key}`));
}

export function asRecord(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UnreadableAnswer(`${path}: object expected`);
  }
  return value as Readonly<Record<string, unknown>>;
}
