import { expect, it } from 'vitest';
import { en } from './en/index.ts';
import { preferredLanguage } from './language.ts';
import { fill, type Message } from './message.ts';
import { vi } from './vi/index.ts';

type Flat = ReadonlyMap<string, Message>;

function flatten(catalogue: object): Flat {
  const entries = Object.entries(catalogue).flatMap(([section, texts]: [string, Record<string, Message>]) =>
    Object.entries(texts).map(([name, text]): [string, Message] => [`${section}.${name}`, text]),
  );
  return new Map(entries);
}

function forms(message: Message): readonly string[] {
  return typeof message === 'string' ? [message] : [message.one, message.other];
}

function places(text: string): readonly string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();
}

const vietnamese = flatten(vi);
const english = flatten(en);

it('has every text in both languages', () => {
  expect(vietnamese.size).toBeGreaterThan(100);
  expect([...english.keys()].sort()).toEqual([...vietnamese.keys()].sort());
});

it('has no empty text and none with space at its ends', () => {
  for (const [key, message] of [...vietnamese, ...english]) {
    for (const text of forms(message)) {
      expect(text, key).toBe(text.trim());
      expect(text, key).not.toBe('');
    }
  }
});

it('names the same places in both languages and in every plural form', () => {
  for (const [key, message] of vietnamese) {
    const wanted = places(forms(message)[0] ?? '');
    for (const text of forms(english.get(key) ?? '')) {
      expect(places(text), key).toEqual(wanted);
    }
  }
});

it('keeps Vietnamese text precomposed', () => {
  for (const [key, message] of vietnamese) {
    expect(forms(message), key).toEqual(forms(message).map((text) => text.normalize('NFC')));
  }
});

it('writes numbers and plurals the way of the language', () => {
  expect(fill('{count} ca', 'vi', { count: 12_500 })).toBe('12.500 ca');
  expect(fill({ one: '{count} study', other: '{count} studies' }, 'en', { count: 1 })).toBe('1 study');
  expect(fill({ one: '{count} study', other: '{count} studies' }, 'en', { count: 12_500 })).toBe('12,500 studies');
  expect(fill('{who}', 'vi', {})).toBe('{who}');
});

it.each([
  [null, ['vi-VN', 'en'], 'vi'],
  [null, ['en-GB'], 'en'],
  [null, ['fr-FR', 'en-US'], 'en'],
  [null, ['fr-FR'], 'vi'],
  ['en', ['vi'], 'en'],
  ['xx', ['en'], 'en'],
] as const)('with %s kept and a browser in %s speaks %s', (kept, browser, spoken) => {
  expect(preferredLanguage(kept, browser)).toBe(spoken);
});
