import { expect, it } from 'vitest';
import { ChangeFeed } from './changes.ts';
import { ARCHIVE_LIMITS } from './limits.ts';

it('one event stream more than there may be is refused as busy, not as too large', () => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  using feed = new ChangeFeed({ owner: () => Promise.resolve(undefined) }, { ...ARCHIVE_LIMITS, subscribers: 1 }, () => '', log);
  const subscribe = () => feed.subscribe({ facilities: 'all' }, () => undefined);
  const first = subscribe();
  expect(subscribe).toThrow(expect.objectContaining({ code: 'busy' }));
  first[Symbol.dispose]();
  expect(subscribe).not.toThrow();
});
