import { type DataSet, fold, items, normaliseDate, type PersonNameJson, parseDateRange, texts } from '@filmless/dicom';
import type { Case } from './search-cases.ts';

/** A key as a request writes it. */
export interface Asked {
  readonly tags: readonly string[];
  readonly vr: string;
  readonly text: string;
  readonly level: 'study' | 'series' | 'instance' | 'header';
}

const escaped = (text: string) => text.replace(/[.+^${}()|[\]\\]/g, '\\$&');

function wildcard(pattern: string): RegExp {
  return new RegExp(`^${escaped(pattern).replaceAll('*', '.*').replaceAll('?', '.')}$`, 'su');
}

const withoutAge = (name: string) => fold(name).replace(/ \d{1,3}t$/, '');

/** All the values at the end of a path. */
function valuesAt(header: DataSet, [tag = '', ...rest]: readonly string[], vr: string): readonly string[] {
  if (rest.length > 0) {
    return items(header, tag).flatMap((item) => valuesAt(item, rest, vr));
  }
  if (vr !== 'PN') {
    return texts(header, tag);
  }
  return (header[tag]?.Value ?? []).flatMap((name) => Object.values(name as PersonNameJson).map(withoutAge));
}

/** PS3.4 C.2.2.2, said as plainly as it can be, over one header. */
function matches(header: DataSet, { tags, vr, text }: Asked, fuzzy: boolean): boolean {
  const values = valuesAt(header, tags, vr);
  if (text === '' || text === '*') {
    return true;
  }
  if (text === '""') {
    return values.length === 0;
  }
  if (vr === 'DA' || vr === 'TM' || vr === 'DT') {
    const range = parseDateRange(vr, text) ?? {};
    return values.some((value) => {
      const at = normaliseDate(vr, value) ?? '';
      return at !== '' && at >= (range.from ?? '') && at <= (range.to ?? '~');
    });
  }
  if (vr === 'PN' && fuzzy && !/[*?]/.test(text)) {
    const words = values.join(' ').split(/[^\p{L}\p{N}]+/u);
    const wanted = withoutAge(text).split(/[^\p{L}\p{N}]+/u);
    return values.length > 0 && wanted.every((word) => words.some((given) => given.startsWith(word)));
  }
  if (vr === 'PN') {
    return values.some((value) => wildcard(withoutAge(text)).test(value));
  }
  if (vr === 'UI' || (text.includes('\\') && vr !== 'LT')) {
    return text.split(/[\\,]/).some((part) => values.some((value) => wildcard(part).test(value)));
  }
  return values.some((value) => (vr === 'DS' || vr === 'IS' ? Number(value) === Number(text) : wildcard(text).test(value)));
}

/** The UIDs of a level that match all keys. The first instance of a study or series says what its header is. */
export function bruteForce(
  cases: readonly Case[],
  level: 'study' | 'series' | 'instance',
  keys: readonly Asked[],
  fuzzy: boolean,
): readonly string[] {
  const of = { study: (found: Case) => found.study, series: (found: Case) => found.series, instance: (found: Case) => found.sop };
  const groups = Map.groupBy(cases, of[level]);
  return [...groups]
    .filter(([, members]) => {
      const first = members[0];
      const study = cases.find((other) => other.study === first?.study);
      const own = keys.filter((key) => key.level === 'header');
      return (
        first !== undefined &&
        study !== undefined &&
        own.every((key) => matches(first.header, key, fuzzy)) &&
        keys.filter((key) => key.level === 'study').every((key) => matches(study.header, key, fuzzy)) &&
        members.some((member) => {
          const series = cases.find((other) => other.series === member.series);
          return (
            keys.filter((key) => key.level === 'series').every((key) => matches(series?.header ?? {}, key, fuzzy)) &&
            keys.filter((key) => key.level === 'instance').every((key) => matches(member.header, key, fuzzy))
          );
        })
      );
    })
    .map(([uid]) => uid);
}
