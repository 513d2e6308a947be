import { fold } from '../text/fold.ts';

/** More would make a query, not a search. */
const MAX_WORDS = 10;

/** Runs of letters and digits of a folded text: what the full-text index holds and is asked for. */
export function wordsOf(text: string): readonly string[] {
  return fold(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** The words of a search, at most ten. */
export function searchWords(text: string): readonly string[] {
  return wordsOf(text).slice(0, MAX_WORDS);
}
