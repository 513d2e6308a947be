import type { StudyQuery } from '../api/studies.ts';
import { localDate } from '../i18n/format.ts';

export type DatePreset = 'today' | 'yesterday' | '7d' | '30d';

export const DATE_PRESETS: readonly DatePreset[] = ['today', 'yesterday', '7d', '30d'];

/** Which studies are listed. What is not set does not limit. */
export interface Filters {
  readonly q: string;
  readonly modalities: readonly string[];
  readonly preset: DatePreset | undefined;
  /** Days `YYYY-MM-DD`, both included; only without a preset. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly facility: string | undefined;
}

export const NO_FILTERS: Filters = {
  q: '',
  modalities: [],
  preset: undefined,
  from: undefined,
  to: undefined,
  facility: undefined,
};

/** Reads the filters of an address, so that a list can be kept as a bookmark and sent to a colleague. */
export function readFilters(search: string): Filters {
  const parameters = new URLSearchParams(search);
  const preset = DATE_PRESETS.find((known) => known === parameters.get('date'));
  const dates =
    preset === undefined
      ? { from: day(parameters.get('from')), to: day(parameters.get('to')) }
      : { from: undefined, to: undefined };
  return {
    q: parameters.get('q') ?? '',
    modalities: (parameters.get('modality') ?? '').split(',').filter((code) => /^[A-Z0-9_ ]{1,16}$/.test(code)),
    preset,
    ...dates,
    facility: parameters.get('facility') ?? undefined,
  };
}

/** The address of a list. */
export function writeFilters(filters: Filters): string {
  const parameters = new URLSearchParams();
  const { q, modalities, preset, from, to, facility } = filters;
  for (const [name, value] of Object.entries({ q, modality: modalities.join(','), date: preset, from, to, facility })) {
    if (value !== undefined && value !== '') {
      parameters.set(name, value);
    }
  }
  const search = parameters.toString().replaceAll('%2C', ',');
  return search === '' ? '/' : `/?${search}`;
}

/** What the server is asked; a preset becomes days, counted from the day `now` is. */
export function queryOf(filters: Filters, now: Date): StudyQuery {
  const { from, to } = daysOf(filters, now);
  return { q: filters.q.trim(), modalities: filters.modalities, from, to, facility: filters.facility };
}

export function daysOf(filters: Filters, now: Date): { readonly from: string | undefined; readonly to: string | undefined } {
  const ago = (days: number) => localDate(new Date(now.getFullYear(), now.getMonth(), now.getDate() - days));
  switch (filters.preset) {
    case 'today':
      return { from: ago(0), to: ago(0) };
    case 'yesterday':
      return { from: ago(1), to: ago(1) };
    case '7d':
      return { from: ago(6), to: undefined };
    case '30d':
      return { from: ago(29), to: undefined };
    case undefined:
      return { from: filters.from, to: filters.to };
  }
}

export function isFiltered(filters: Filters): boolean {
  return writeFilters(filters) !== '/';
}

export function hasDates(filters: Filters): boolean {
  return filters.preset !== undefined || filters.from !== undefined || filters.to !== undefined;
}

function day(text: string | null): string | undefined {
  return /^\d{4}-\d{2}-\d{2}$/.test(text ?? '') ? (text ?? undefined) : undefined;
}
