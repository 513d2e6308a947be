/** Rows as lines of columns, each as wide as its widest value; nothing of a server's answer can move the cursor. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const all = [head, ...rows].map((row) => row.map(printable));
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all.map((row) =>
    row
      .map((value, column) => value.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** One line, without control characters. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
