/** More is no client of ours. */
const MAX_CODINGS = 32;

/**
 * The coding that an Accept-Encoding takes best, of those offered; among equals the first offered. `*` stands for all that are not named, a
 * weight of 0 refuses. Undefined: none, or plain text is taken better. RFC 9110 12.5.3.
 */
export function acceptedCoding<T extends string>(accept: string, offered: readonly T[]): T | undefined {
  const weights = new Map(
    accept
      .toLowerCase()
      .split(',', MAX_CODINGS)
      .map((part) => weighed(part)),
  );
  const weightOf = (coding: string) => weights.get(coding) ?? weights.get('*') ?? 0;
  const plain = weights.get('identity') ?? 0;
  const [best] = offered.filter((coding) => weightOf(coding) > 0).toSorted((a, b) => weightOf(b) - weightOf(a));
  return best === undefined || weightOf(best) < plain ? undefined : best;
}

function weighed(part: string): readonly [string, number] {
  const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
  const q = parameters.map((text) => /^q\s*=\s*([01](?:\.\d{0,3})?)$/.exec(text)?.[1]).find((found) => found !== undefined);
  return [name, Math.min(Number(q ?? '1'), 1)];
}
