/*
 * NOTE: by hand, because /[\0 ]+$/ looks at a run of blanks once for each of them: a value of a megabyte would hold the process
 * for minutes.
 */

function isPadding(text: string, index: number): boolean {
  const code = text.charCodeAt(index);
  return code === 0x20 || code === 0;
}

/** Without the spaces and NULs at its end. PS3.5 6.2. */
export function withoutTrailingPadding(text: string): string {
  let end = text.length;
  while (end > 0 && isPadding(text, end - 1)) {
    end -= 1;
  }
  return text.slice(0, end);
}

/** Without the spaces and NULs on either side. */
export function withoutPadding(text: string): string {
  let start = 0;
  while (start < text.length && isPadding(text, start)) {
    start += 1;
  }
  return withoutTrailingPadding(text.slice(start));
}
