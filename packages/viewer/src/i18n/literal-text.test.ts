import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '..');

/** The same in every language: the product's name, keys as they stand on their caps, units and codes. */
const NOT_WORDS: ReadonlySet<string> = new Set(['Ctrl + K', 'TLS', '-----BEGIN CERTIFICATE-----', '-----BEGIN PRIVATE KEY-----']);

function files(): readonly string[] {
  return readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.tsx'));
}

/** A key of the catalogue, handed on to what looks it up. */
const KEY = /^[a-z]\w*\.\w+$/i;

/** Text between tags, and attributes that are read out or shown, written out in place of a key of the catalogue. */
function literals(source: string): readonly string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '');
  const between = [...code.matchAll(/<[A-Za-z][^<>]*>\s*([^<>{}()=;]*\p{L}{2}[^<>{}()=;]*?)\s*<\//gu)].map((match) => match[1]);
  const attributes = [...code.matchAll(/\s(?:title|label|alt|placeholder|aria-label|hint|text)="([^"]*\p{L}{2}[^"]*)"/gu)].map(
    (match) => match[1],
  );
  return [...between, ...attributes].flatMap((text) =>
    text === undefined || NOT_WORDS.has(text.trim()) || KEY.test(text.trim()) ? [] : [text.trim()],
  );
}

test('what is looked for is found', () => {
  expect(literals('<p class="x">Xin chào</p><b>{t("a.b")}</b><Button title="Close now">{x}</Button>')).toEqual([
    'Xin chào',
    'Close now',
  ]);
});

test('no page has words that are not in the catalogue', () => {
  expect(files().length).toBeGreaterThan(100);
  const found = files().flatMap((name) => literals(readFileSync(join(SRC, name), 'utf8')).map((text) => `${name}: ${text}`));
  expect(found).toEqual([]);
});
