import { language } from '../i18n/index.ts';
import { REFUSALS, RULE_FAULTS } from '../i18n/vi/rule-faults.ts';

/** What the server says of a faulty document of rules, in the language of the screen as far as it is known. */
export function faultWords(message: string): string {
  return inLanguage(message, RULE_FAULTS);
}

/** Why an image cannot be de-identified, likewise. */
export function refusalWords(reason: string): string {
  return inLanguage(reason, REFUSALS);
}

function inLanguage(message: string, parts: readonly (readonly [RegExp, string])[]): string {
  return language.value === 'vi'
    ? parts.reduce((text, [english, vietnamese]) => text.replace(english, vietnamese), message)
    : message;
}
