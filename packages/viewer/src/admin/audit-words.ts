import { type TextKey, t } from '../i18n/index.ts';

/** Details that the server writes in English, and the same in the language of the screen. */
const KNOWN: readonly (readonly [RegExp, TextKey])[] = [
  [/^(?<count>\d+) instances$/, 'audit.detail_instances'],
  [/^(?<count>\d+) instances from (?<ae>\S+)$/, 'audit.detail_instancesFrom'],
  [/^(?<count>\d+) instances(?: from \S+)?, (?<aside>\d+) of them kept aside$/, 'audit.detail_instancesAside'],
  [/^(?<count>\d+) instances: [\w-]{36}$/, 'audit.detail_instances'],
  [/^(?<count>\d+) instances, (?<code>\d+): [\w-]{36}$/, 'audit.detail_rejected'],
  [/^(?<count>\d+) instances not stored: (?<why>.*)$/s, 'audit.detail_notStored'],
];

/** The detail of a line; one that is not known is shown as it was written. */
export function detailWords(detail: string): string {
  for (const [pattern, key] of KNOWN) {
    const match = pattern.exec(detail);
    if (match !== null) {
      return t(key, match.groups);
    }
  }
  return detail;
}
