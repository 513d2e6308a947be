import { type Signal, signal } from '@preact/signals';

export type Language = 'vi' | 'en';

export const LANGUAGES: readonly Language[] = ['vi', 'en'];

const KEY = 'filmless.language';

/** The language of the screen. Components that call `t` or a formatter are drawn again when it changes. */
export const language: Signal<Language> = signal(firstLanguage());

export function chooseLanguage(next: Language): void {
  language.value = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // A browser that keeps nothing still shows the chosen language until the page is left.
  }
}

/** The kept choice, else the first of the browser's languages that we speak, else Vietnamese. */
export function preferredLanguage(kept: string | null, browser: readonly string[]): Language {
  const wanted = [kept ?? '', ...browser].map((tag) => tag.slice(0, 2).toLowerCase());
  return LANGUAGES.find((known) => known === wanted.find((tag) => LANGUAGES.some((l) => l === tag))) ?? 'vi';
}

function firstLanguage(): Language {
  if (typeof localStorage === 'undefined' || typeof navigator === 'undefined') {
    return 'vi';
  }
  try {
    return preferredLanguage(localStorage.getItem(KEY), navigator.languages);
  } catch {
    return preferredLanguage(null, navigator.languages);
  }
}
