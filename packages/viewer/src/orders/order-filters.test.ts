import { expect, it } from 'vitest';
import { orderQueryText } from '../api/orders.ts';
import { isNarrowed, orderQuery, readOrderFilters, TODAY, writeOrderFilters } from './order-filters.ts';

const NOW = new Date(2026, 2, 1, 23, 30);

it('shows today unless told otherwise', () => {
  expect(readOrderFilters('')).toEqual(TODAY);
  expect(writeOrderFilters(TODAY)).toBe('/orders');
  expect(isNarrowed(TODAY)).toBe(false);
});

it.each([
  '/orders?date=tomorrow',
  '/orders?q=an&date=all&modality=CT&station=CT01&state=SCHEDULED,IN_PROGRESS',
  '/orders?from=2026-03-01&to=2026-03-07',
  '/orders?to=2026-03-07',
])('keeps %s as a bookmark', (address) => {
  expect(writeOrderFilters(readOrderFilters(new URL(address, 'http://viewer').search))).toBe(address);
});

it('ignores what no list was ever written with', () => {
  expect(readOrderFilters('?date=never&state=GONE&modality=<b>&from=yesterday')).toEqual(TODAY);
});

it.each([
  ['?date=today', '2026-03-01', '2026-03-01'],
  ['?date=tomorrow', '2026-03-02', '2026-03-02'],
  ['?date=yesterday', '2026-02-28', '2026-02-28'],
  ['?date=next7', '2026-03-01', '2026-03-07'],
  ['?date=all', undefined, undefined],
  ['?from=2026-01-01', '2026-01-01', undefined],
])('counts the days of %s from the clock on the wall', (search, from, to) => {
  const query = orderQuery(readOrderFilters(search), NOW);
  expect([query.from, query.to]).toEqual([from, to]);
});

it('asks for a machine’s steps together with those any machine may do, earliest first', () => {
  const query = orderQuery(readOrderFilters('?station=CT01&state=SCHEDULED'), NOW);
  const asked = new URLSearchParams(orderQueryText(query, { name: 'an' }));
  expect(Object.fromEntries(asked)).toEqual({
    name: 'an',
    station: 'CT01,',
    from: '2026-03-01',
    to: '2026-03-01',
    state: 'SCHEDULED',
    sort: 'start',
    limit: '100',
  });
});

it('shows the latest first among all days', () => {
  const query = orderQuery(readOrderFilters('?date=all'), NOW);
  expect(new URLSearchParams(orderQueryText(query, {})).get('sort')).toBe('-start');
});
