import { expect, it } from 'vitest';
import { ChangeFeed } from './changes.ts';
import { ARCHIVE_LIMITS } from './limits.ts';
import type { Change } from './model.ts';

it('one event stream more than there may be is refused as busy, not as too large', () => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  using feed = new ChangeFeed({ owner: () => Promise.resolve(undefined) }, { ...ARCHIVE_LIMITS, subscribers: 1 }, () => '', log);
  const subscribe = () => feed.subscribe({ facilities: 'all' }, () => undefined);
  const first = subscribe();
  expect(subscribe).toThrow(expect.objectContaining({ code: 'busy' }));
  first[Symbol.dispose]();
  expect(subscribe).not.toThrow();
});

it('a study that is gone is told of to the facility that owned it, in this process and others, and to no other', async () => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const open = () =>
    new ChangeFeed({ owner: () => Promise.resolve(undefined) }, { ...ARCHIVE_LIMITS, changeQuietMs: 1 }, () => '', log);
  using feed = open();
  using elsewhere = open();
  // As it is written down between them.
  feed.connect({ tell: (changes) => elsewhere.hear(JSON.parse(JSON.stringify(changes)) as Change[]), listen: () => undefined });
  const heard: string[] = [];
  for (const [name, one] of [
    ['here', feed],
    ['there', elsewhere],
  ] as const) {
    for (const facility of ['main', 'branch']) {
      one.subscribe({ facilities: [facility] }, (change) => heard.push(`${name} ${facility} ${JSON.stringify(change)}`));
    }
  }
  feed.note('1.1', 'updated', ['main']);
  const change = JSON.stringify({ studyInstanceUid: '1.1', change: 'updated' });
  await expect.poll(() => heard.toSorted()).toEqual([`here main ${change}`, `there main ${change}`]);
});

it('event reports of a Workitem are told at once in each process, and within its facility alone', () => {
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const open = () => new ChangeFeed({ owner: () => Promise.resolve(undefined) }, ARCHIVE_LIMITS, () => '', log);
  using feed = open();
  using elsewhere = open();
  feed.connect({ tell: (changes) => elsewhere.hear(JSON.parse(JSON.stringify(changes)) as Change[]), listen: () => undefined });
  const heard: (readonly [string, Change])[] = [];
  for (const [name, one] of [
    ['here', feed],
    ['there', elsewhere],
  ] as const) {
    for (const facility of ['main', 'branch']) {
      one.subscribe({ facilities: [facility] }, (change) => heard.push([`${name} ${facility}`, change]));
    }
  }
  const events = {
    workitemUid: '1.2.3',
    facility: 'main',
    aeTitles: ['RIS'],
    reports: [{ type: 1, information: { '00741000': { vr: 'CS', Value: ['SCHEDULED'] } } }],
  } as const;
  feed.noteWorkitems([events]);
  expect(heard).toEqual([
    ['here main', events],
    ['there main', events],
  ]);
});
