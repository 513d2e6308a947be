import type { RequestContext } from './context.ts';

/** How a body goes out. RFC 9110 8.4.1, RFC 8878. */
export type Coding = 'zstd' | 'gzip';

/** Ranges of a hostile header that are looked at. */
const MAX_CODINGS = 32;

/**
 * The first of the codings offered that the client takes, the best of its own weights first; undefined is the body as it is. A client
 * that says nothing gets that. RFC 9110 12.5.3.
 */
export function codingOf(header: string | undefined, offered: readonly Coding[]): Coding | undefined {
  const weights = new Map<string, number>();
  for (const part of (header ?? '').split(',', MAX_CODINGS)) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase());
    const q = Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? '1');
    weights.set(name === 'x-gzip' ? 'gzip' : name, q);
  }
  const weightOf = (coding: string): number => weights.get(coding) ?? weights.get('*') ?? 0;
  const [best] = offered.filter((coding) => weightOf(coding) > 0).toSorted((a, b) => weightOf(b) - weightOf(a));
  return best !== undefined && weightOf(best) >= (weights.get('identity') ?? 0) ? best : undefined;
}

export function chosenCoding(c: RequestContext, offered: readonly Coding[]): Coding | undefined {
  return codingOf(c.req.header('accept-encoding'), offered);
}
