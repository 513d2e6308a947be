import type { Dice } from './dice.ts';

/** What a parameter should never be taken for: paths, SQL, FTS syntax, header lines, markup, formats, other types. */
export const HOSTILE_TEXTS: readonly [string, ...string[]] = [
  '',
  '..',
  '../../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  '/etc/passwd',
  'C:\\',
  '\0',
  'a\0b',
  '\r\nSet-Cookie: a=b',
  "'",
  "' OR '1'='1",
  "'; DROP TABLE studies; --",
  '" OR ""="',
  '1 UNION SELECT * FROM accounts',
  '%',
  '_',
  '*',
  '**',
  '???',
  'NEAR(a b)',
  'a AND',
  'patient_name: x',
  '"unclosed',
  '(((',
  '^',
  '-',
  '{a b}',
  '<script>alert(1)</script>',
  '$(id)`id`',
  '{{7*7}}',
  '%s%n%x',
  '__proto__',
  'constructor',
  'toString',
  'NaN',
  'Infinity',
  '-1',
  '1e308',
  '9007199254740993',
  '99999999999999999999',
  '0x10',
  '1.2.3',
  '1'.repeat(64),
  '1'.repeat(65),
  '2.25.1/../2.25.2',
  '\u202e\u200b\ufeff',
  '\ud800',
  'ễ'.repeat(50),
  '\\',
  '\\\\',
  ','.repeat(200),
  '20260101-',
  '-',
  '20269999-20260101',
  'a'.repeat(9000),
];

/** Also on the way of percent encoding. */
export const HOSTILE_SEGMENTS: readonly [string, ...string[]] = [
  '%2e%2e',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '..%2f..%2f',
  '%252e%252e',
  '%00',
  'a%00b',
  '%0d%0aSet-Cookie:%20a=b',
  '%',
  '%zz',
  '%c0%ae%c0%ae',
  '%ff%fe',
  '%E1%BB',
  '..;',
  '.',
  '1.2.3%20',
  "'--",
  '%27%20OR%201%3D1',
  '__proto__',
  'constructor',
  '1'.repeat(65),
  'a'.repeat(4000),
  '-1',
  '0',
  '99999999999999999999',
];

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

function deep(depth: number): Json {
  let value: Json = 'deep';
  for (let level = 0; level < depth; level += 1) {
    value = level % 2 === 0 ? [value] : { a: value };
  }
  return value;
}

/** A JSON value of any kind, most of them not what was asked for. */
export function hostileJson(dice: Dice): Json {
  return dice.pick<() => Json>([
    () => dice.pick(HOSTILE_TEXTS),
    () => dice.pick(HOSTILE_TEXTS),
    () => dice.pick([null, true, false, 0, -1, 1.5, 1e308, -1e-308, 2 ** 53, 4_294_967_296]),
    () => [],
    () => ({}),
    () => Array.from({ length: dice.pick([1, 3, 1000]) }, () => dice.pick(HOSTILE_TEXTS)),
    () => ({ [dice.pick(HOSTILE_TEXTS)]: dice.pick(HOSTILE_TEXTS) }),
    () => JSON.parse('{"__proto__":{"administrator":true},"constructor":{"prototype":{"rights":["admin"]}}}') as Json,
    () => deep(dice.pick([10, 100, 1000])),
    () => ({ length: 4_294_967_295, toString: 'x', valueOf: null }),
  ])();
}

/** The same JSON with one to three of its values, keys or parts otherwise. */
export function mutatedJson(value: unknown, dice: Dice): unknown {
  let copy: unknown = structuredClone(value);
  for (let count = 1 + dice.below(3); count > 0; count -= 1) {
    copy = changed(copy, dice);
  }
  return copy;
}

function changed(value: unknown, dice: Dice): unknown {
  if (dice.chance(0.15) || typeof value !== 'object' || value === null) {
    return hostileJson(dice);
  }
  if (Array.isArray(value)) {
    const at = dice.below(value.length + 1);
    return at === value.length ? [...value, hostileJson(dice)] : value.with(at, changed(value[at], dice));
  }
  const entries = Object.entries(value);
  const at = dice.below(entries.length + 2);
  const [key, inner] = entries[at] ?? [dice.pick(HOSTILE_TEXTS), null];
  if (at < entries.length && dice.chance(0.15)) {
    return Object.fromEntries(entries.toSpliced(at, 1));
  }
  return { ...value, [key]: changed(inner, dice) };
}
