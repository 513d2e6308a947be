import { t } from '../i18n/index.ts';

/** A value as the server tells it, DICOM JSON text, as people read it: values side by side, names as words. PS3.18 F.2. */
export function valueWords(json: string | null): string {
  if (json === null) {
    return t('conflict.absent');
  }
  const words = partsOf(json).map(partWords).join(' \\ ');
  return words.trim() === '' ? t('conflict.blank') : words;
}

/** `00100010` as `(0010,0010)`. */
export function tagWords(tag: string): string {
  return /^[0-9A-F]{8}$/i.test(tag) ? `(${tag.slice(0, 4)},${tag.slice(4)})` : tag;
}

/** Attributes that say who and what, before those a vendor added. */
export function byMeaning<T extends { readonly tag: string; readonly keyword: string }>(differences: readonly T[]): readonly T[] {
  const rank = ({ keyword }: T) => (keyword === '' ? 2 : keyword === 'GenericGroupLength' ? 3 : 1);
  return [...differences].sort((a, b) => rank(a) - rank(b) || a.tag.localeCompare(b.tag));
}

/** Text that was shortened is no JSON any more: it is shown as it came. */
function partsOf(json: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(json);
    return Array.isArray(value) ? value : [value];
  } catch {
    return [json];
  }
}

function partWords(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'Alphabetic' in value && typeof value.Alphabetic === 'string') {
    return value.Alphabetic.replaceAll('^', ' ').trim();
  }
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
