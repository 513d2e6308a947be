import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  DATE_PRESETS,
  daysOf,
  type Filters,
  hasDates,
  isFiltered,
  NO_FILTERS,
  queryOf,
  readFilters,
  writeFilters,
} from './filters.ts';

const searchOf = (url: string) => new URL(url, 'http://viewer').search;

const day = fc
  .date({ min: new Date('1990-01-01'), max: new Date('2060-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const codes = fc.uniqueArray(fc.constantFrom('CT', 'MR', 'CR', 'DX', 'US', 'RTSTRUCT'));
const facility = fc.option(fc.stringMatching(/^[a-z0-9-]{1,12}$/), { nil: undefined });
const words = fc.string({ unit: 'grapheme', maxLength: 30 });
const preset: fc.Arbitrary<Filters> = fc.record({
  q: words,
  modalities: codes,
  preset: fc.constantFrom(...DATE_PRESETS),
  from: fc.constant(undefined),
  to: fc.constant(undefined),
  facility,
});
const range: fc.Arbitrary<Filters> = fc.record({
  q: words,
  modalities: codes,
  preset: fc.constant(undefined),
  from: fc.option(day, { nil: undefined }),
  to: fc.option(day, { nil: undefined }),
  facility,
});

it('come back from the address they were written to', () => {
  fc.assert(
    fc.property(fc.oneof(preset, range), (filters) => {
      expect(readFilters(searchOf(writeFilters(filters)))).toEqual(filters);
    }),
  );
});

it('are left out of the address when nothing is limited', () => {
  expect(writeFilters(NO_FILTERS)).toBe('/');
  expect(isFiltered(NO_FILTERS)).toBe(false);
  expect(writeFilters({ ...NO_FILTERS, q: 'Đỗ Thị', modalities: ['CR', 'DX'] })).toBe(
    '/?q=%C4%90%E1%BB%97+Th%E1%BB%8B&modality=CR,DX',
  );
});

it('ignore what is no filter', () => {
  expect(readFilters('?date=never&from=yesterday&to=2026-1-1&modality=CT,%3Cscript%3E,&x=1')).toEqual({
    ...NO_FILTERS,
    modalities: ['CT'],
  });
  expect(readFilters('?date=today&from=2026-01-01')).toEqual({ ...NO_FILTERS, preset: 'today' });
});

it.each([
  ['today', '2026-03-01', '2026-03-01'],
  ['yesterday', '2026-02-28', '2026-02-28'],
  ['7d', '2026-02-23', undefined],
  ['30d', '2026-01-31', undefined],
] as const)('count "%s" from the first of March as %s to %s', (chosen, from, to) => {
  const filters = { ...NO_FILTERS, preset: chosen };
  expect(daysOf(filters, new Date(2026, 2, 1, 0, 30))).toEqual({ from, to });
  expect(hasDates(filters)).toBe(true);
});

it('become what the server is asked', () => {
  const filters = { ...NO_FILTERS, q: ' an ', modalities: ['CT'], from: '2026-01-01', facility: 'main' };
  expect(queryOf(filters, new Date())).toEqual({
    q: 'an',
    modalities: ['CT'],
    from: '2026-01-01',
    to: undefined,
    facility: 'main',
  });
});
