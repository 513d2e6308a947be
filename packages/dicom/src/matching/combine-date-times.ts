import type { TagKey } from '../dataset/model.ts';
import { lookupTag, tagOf } from '../dictionary/dictionary.ts';
import type { DateRange } from '../text/date.ts';
import type { MatchKey } from './match-key.ts';

const FIRST_TIME = '000000.000000';
const LAST_TIME = '235960.999999';

/**
 * Keys in which a range of dates and the range of times that belongs to it are one range of moments, as agreed by extended
 * negotiation: StudyDate and StudyTime for instance. Other keys stay as they are. PS3.4 C.2.2.2.5, C.5.1.1.1.
 */
export function combineDateTimes(keys: readonly MatchKey[]): readonly MatchKey[] {
  const combined = new Map<MatchKey, MatchKey>();
  const spent = new Set<MatchKey>();
  for (const date of keys) {
    const time = keys.find((key) => isTimeOf(key, date));
    if (date.match.kind === 'range' && time?.match.kind === 'range') {
      combined.set(date, { ...date, match: momentsOf(date.match, time.match, lastOf(time)) });
      spent.add(time);
    }
  }
  return keys.filter((key) => !spent.has(key)).map((key) => combined.get(key) ?? key);
}

function lastOf({ path }: MatchKey): TagKey {
  return path.at(-1) ?? path[0];
}

function isTimeOf(time: MatchKey, date: MatchKey): boolean {
  const keyword = lookupTag(lastOf(date))?.keyword ?? '';
  return (
    date.vr === 'DA' &&
    time.vr === 'TM' &&
    time.path.slice(0, -1).join('.') === date.path.slice(0, -1).join('.') &&
    lastOf(time) === tagOf(keyword.replace(/Date$/, 'Time'))
  );
}

function momentsOf(date: DateRange, time: DateRange, timeTag: TagKey): MatchKey['match'] {
  return {
    kind: 'moment',
    time: timeTag,
    ...(date.from === undefined ? {} : { from: date.from + (time.from ?? FIRST_TIME) }),
    ...(date.to === undefined ? {} : { to: date.to + (time.to ?? LAST_TIME) }),
  };
}
