/** Longer words are not compared: nobody means them. */
const MOST_CHARACTERS = 80;

/** The word that was most likely meant, as a question to put behind a message: ` Did you mean "send"?`; empty where none is near. */
export function didYouMean(word: string, known: Iterable<string>): string {
  const most = word.length <= 4 ? 1 : word.length <= 10 ? 2 : 3;
  let best: string | undefined;
  let least = most + 1;
  for (const candidate of known) {
    if (Math.abs(candidate.length - word.length) < least && word.length <= MOST_CHARACTERS) {
      const edits = distance(candidate.toLowerCase(), word.toLowerCase());
      [best, least] = edits < least ? [candidate, edits] : [best, least];
    }
  }
  return best === undefined ? '' : ` Did you mean "${best}"?`;
}

/** Edits that turn one word into the other. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
