import { formatBytes } from '../i18n/format.ts';
import { language, t } from '../i18n/index.ts';

/** What a line carries is sold in megabits a second, and counted here in bytes. */
const BYTES_A_MEGABIT = 125_000;

/** Least and most that a line may be given, in bytes a second. */
const LEAST = 1000;
const MOST = 10_000_000_000;

/** For a field, in the decimals of the language. */
export function megabits(bytesPerSecond: number): string {
  return (bytesPerSecond / BYTES_A_MEGABIT).toLocaleString(language.value, { maximumFractionDigits: 6, useGrouping: false });
}

/** Bytes a second; undefined for what is no rate. `1,84` and `1.84` are the same. */
export function bytesOfMegabits(text: string): number | undefined {
  const trimmed = text.trim();
  if (!/^\d{1,9}(?:[.,]\d{1,6})?$/.test(trimmed)) {
    return undefined;
  }
  const bytes = Math.round(Number(trimmed.replace(',', '.')) * BYTES_A_MEGABIT);
  return bytes >= LEAST && bytes <= MOST ? bytes : undefined;
}

/** `1,84 Mbit/s (230 kB/giây)`. */
export function rateText(bytesPerSecond: number): string {
  const rate = (bytesPerSecond / BYTES_A_MEGABIT).toLocaleString(language.value, { maximumFractionDigits: 2 });
  return t('destinations.rate', { rate, bytes: formatBytes(bytesPerSecond) });
}
