/** A text of the catalogue: `{name}` marks a place to fill; where a language has a plural, the form is chosen by `count`. */
export type Message = string | { readonly one: string; readonly other: string };

/** The same keys in another language: a missing or surplus one is a type error. */
export type Translated<S> = { readonly [K in keyof S]: Message };

export type Parameters = Readonly<Record<string, string | number>>;

/** Fills the places of a message; numbers are written the way of the language. An unknown place stays visible. */
export function fill(message: Message, language: string, parameters: Parameters = {}): string {
  const text = typeof message === 'string' ? message : choose(message, language, parameters.count);
  return text.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = parameters[name];
    return value === undefined ? place : typeof value === 'number' ? value.toLocaleString(language) : value;
  });
}

function choose(
  message: { readonly one: string; readonly other: string },
  language: string,
  count: string | number | undefined,
): string {
  const one = typeof count === 'number' && new Intl.PluralRules(language).select(count) === 'one';
  return one ? message.one : message.other;
}
