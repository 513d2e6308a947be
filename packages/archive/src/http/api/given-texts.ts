/** The parameters that say something: empty ones, as forms send them, ask for nothing. */
export function givenTexts<T extends Readonly<Record<string, string | undefined>>>(
  texts: T,
): { readonly [K in keyof T]?: string } {
  const given = Object.entries(texts).filter(([, value]) => value !== undefined && value.trim() !== '');
  return Object.fromEntries(given) as { readonly [K in keyof T]?: string };
}
