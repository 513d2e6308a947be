import { parseContentType } from '@filmless/dicom';
import { ArchiveError } from '../core/errors.ts';
import type { RequestContext } from './context.ts';

/** One form a client takes, the most wanted first. PS3.18 8.7. */
export interface Wish {
  /** A multipart message, a message that is the representation itself, or either. */
  readonly container: 'multipart' | 'single' | 'any';
  /** Media type or range of the representation: `image/*`. */
  readonly type: string;
  /** As asked for; may be `*`. PS3.18 8.7.3.5.2. */
  readonly transferSyntax?: string;
}

const ANY: Wish = { container: 'any', type: '*/*' };
/** More is no client of images. */
const MAX_RANGES = 64;

/** What the client takes, by the `accept` parameter of the query or the Accept header. PS3.18 8.3.3.1, 8.7.6. */
export function wishes(c: RequestContext): readonly Wish[] {
  const inQuery = c.req.queries('accept');
  // A plus sign in a query is read as a space.
  const text = inQuery === undefined ? c.req.header('accept') : inQuery.join(',').replace(/ (json|xml)\b/g, '+$1');
  return parseAccept(text ?? '');
}

/** Reads an Accept value; ranges that cannot be read are left out, and nothing at all takes everything. RFC 9110 12.5.1. */
export function parseAccept(text: string): readonly Wish[] {
  const ranges = splitList(text).filter((part) => part.trim() !== '');
  if (ranges.length === 0) {
    return [ANY];
  }
  const weighted = ranges.slice(0, MAX_RANGES).flatMap((range) => {
    const parsed = tryParse(range);
    const q = Number(parsed?.parameters.q ?? '1');
    return parsed === undefined || !(q > 0) ? [] : [{ wish: wishOf(parsed), q }];
  });
  return weighted.toSorted((a, b) => b.q - a.q).map(({ wish }) => wish);
}

type Range = ReturnType<typeof parseContentType>;

function tryParse(text: string): Range | undefined {
  try {
    return parseContentType(text);
  } catch {
    return undefined;
  }
}

function wishOf({ type, parameters }: Range): Wish {
  const transferSyntax = parameters['transfer-syntax'];
  const syntax = transferSyntax === undefined || transferSyntax === '' ? {} : { transferSyntax };
  if (type === 'multipart/related' || type === 'multipart/*') {
    return { container: 'multipart', type: (parameters.type ?? '*/*').toLowerCase(), ...syntax };
  }
  return { container: type === '*/*' ? 'any' : 'single', type, ...syntax };
}

/** Cuts at commas outside of quotes. */
function splitList(text: string): readonly string[] {
  return text.match(/(?:[^,"]|"(?:[^"\\]|\\[\s\S])*"?)+/g) ?? [];
}

/** True when a range covers a media type. */
export function covers(range: string, type: string): boolean {
  return range === '*/*' || range === type || (range.endsWith('/*') && type.startsWith(range.slice(0, -1)));
}

/**
 * The first of the client's wishes for a single-part media type that can be answered.
 * @throws ArchiveError `not-acceptable`
 */
export function chooseSingle<T extends string>(asked: readonly Wish[], offered: readonly T[]): T {
  for (const wish of asked) {
    const found = wish.container === 'multipart' ? undefined : offered.find((type) => covers(wish.type, type));
    if (found !== undefined) {
      return found;
    }
  }
  throw new ArchiveError('not-acceptable', `This is available as ${offered.join(', ')}.`);
}
