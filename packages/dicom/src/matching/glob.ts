/**
 * True when the whole text matches a pattern of `*` (any run) and `?` (one character). PS3.4 C.2.2.2.4. Goes back to the last
 * `*` only, so that no pattern takes longer than pattern times text.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  const wanted = Array.from(pattern);
  const given = Array.from(text);
  let p = 0;
  let t = 0;
  let star = -1;
  let resume = 0;
  while (t < given.length) {
    if (wanted[p] === '*') {
      star = p;
      resume = t;
      p += 1;
    } else if (p < wanted.length && (wanted[p] === '?' || wanted[p] === given[t])) {
      p += 1;
      t += 1;
    } else if (star >= 0) {
      p = star + 1;
      resume += 1;
      t = resume;
    } else {
      return false;
    }
  }
  while (wanted[p] === '*') {
    p += 1;
  }
  return p === wanted.length;
}
