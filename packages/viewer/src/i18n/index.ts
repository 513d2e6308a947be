import { en } from './en/index.ts';
import { LANGUAGES, type Language, language } from './language.ts';
import { fill, type Message, type Parameters } from './message.ts';
import { type Catalogue, vi } from './vi/index.ts';

export { chooseLanguage, LANGUAGES, language } from './language.ts';
export type { Parameters } from './message.ts';

/** Every key of the catalogue, `section.name`. */
export type TextKey = { [S in keyof Catalogue]: `${S}.${keyof Catalogue[S] & string}` }[keyof Catalogue];

/** The text of a key in the language of the screen. */
export function t(key: TextKey, parameters?: Parameters): string {
  return fill(CATALOGUES[language.value].get(key) ?? key, language.value, parameters);
}

/** The text of a key in every language, that of the screen first: people look for what they are used to. */
export function textInAll(key: TextKey, parameters?: Parameters): readonly string[] {
  const tongues = [language.value, ...LANGUAGES.filter((tongue) => tongue !== language.value)];
  return tongues.map((tongue) => fill(CATALOGUES[tongue].get(key) ?? key, tongue, parameters));
}

/** The text of a key made of a value from outside, such as a modality or a body part, if the catalogue knows it. */
export function textOf(section: keyof Catalogue, name: string, parameters?: Parameters): string | undefined {
  const message = CATALOGUES[language.value].get(`${section}.${name}`);
  return message === undefined ? undefined : fill(message, language.value, parameters);
}

const CATALOGUES: Readonly<Record<Language, ReadonlyMap<string, Message>>> = { vi: flatten(vi), en: flatten(en) };

function flatten(catalogue: Readonly<Record<keyof Catalogue, Readonly<Record<string, Message>>>>): ReadonlyMap<string, Message> {
  return new Map(
    Object.entries(catalogue).flatMap(([section, texts]) =>
      Object.entries(texts).map(([name, text]) => [`${section}.${name}`, text]),
    ),
  );
}
