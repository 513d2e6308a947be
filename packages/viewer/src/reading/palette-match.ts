import { fold } from '@filmless/dicom';

/** Something the palette offers: under what it is called, in every language. */
export interface Findable {
  readonly texts: readonly string[];
}

/** How well a text answers what was typed; smaller is better, undefined is not at all. */
function rank(text: string, typed: readonly string[]): number | undefined {
  const folded = fold(text);
  const words = folded.split(/[^\p{L}\p{N}]+/u);
  if (!typed.every((part) => folded.includes(part))) {
    return undefined;
  }
  const [first = ''] = typed;
  if (folded.startsWith(first)) {
    return 0;
  }
  return typed.every((part) => words.some((word) => word.startsWith(part))) ? 1 : 2;
}

/** What is called by the words typed, blind to accents and case; the best first, otherwise in their order. */
export function matching<T extends Findable>(all: readonly T[], typed: string): readonly T[] {
  const parts = fold(typed)
    .split(' ')
    .filter((part) => part !== '');
  if (parts.length === 0) {
    return all;
  }
  return all
    .flatMap((entry, order) => {
      const ranks = entry.texts.flatMap((text) => rank(text, parts) ?? []);
      return ranks.length === 0 ? [] : [{ entry, order, best: Math.min(...ranks) }];
    })
    .sort((a, b) => a.best - b.best || a.order - b.order)
    .map(({ entry }) => entry);
}
