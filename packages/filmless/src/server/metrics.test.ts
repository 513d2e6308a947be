import { expect, it } from 'vitest';
import { storesSeenBy } from './metrics.ts';

it('counts what was received only for those who reach every facility', () => {
  const stores = new Map([['stored', 7]]);
  expect(storesSeenBy({ facilities: 'all' }, stores)).toEqual(stores);
  expect(storesSeenBy({ facilities: ['main'] }, stores).size).toBe(0);
});
