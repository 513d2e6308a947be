/** A line of two texts laid over each other. */
export interface DifferingLine {
  readonly kind: 'same' | 'taken' | 'added' | 'gap';
  readonly text: string;
}

/** Lines of context about a change. */
const CONTEXT = 2;
/** More than this many cells are not compared: what is between the first and last line that differ is then shown as replaced. */
const MOST_CELLS = 4_000_000;

/** What changes from one text to another, line by line, with some lines about each change. */
export function lineDifference(before: string, after: string): readonly DifferingLine[] {
  const [old, made] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < old.length && head < made.length && old[head] === made[head]) {
    head += 1;
  }
  let tail = 0;
  while (tail < old.length - head && tail < made.length - head && old.at(-1 - tail) === made.at(-1 - tail)) {
    tail += 1;
  }
  const same = (lines: readonly string[]): readonly DifferingLine[] => lines.map((text) => ({ kind: 'same', text }));
  const all = [
    ...same(old.slice(0, head)),
    ...middle(old.slice(head, old.length - tail), made.slice(head, made.length - tail)),
    ...same(old.slice(old.length - tail)),
  ];
  return near(all);
}

function linesOf(text: string): readonly string[] {
  const trimmed = text.replace(/\r\n/g, '\n').replace(/\n$/, '');
  return trimmed === '' ? [] : trimmed.split('\n');
}

/** The longest common subsequence of lines. */
function middle(old: readonly string[], made: readonly string[]): readonly DifferingLine[] {
  const width = made.length + 1;
  if (old.length * made.length > MOST_CELLS) {
    return replaced(old, made);
  }
  const lengths = new Uint32Array((old.length + 1) * width);
  const at = (row: number, column: number) => lengths[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = made.length - 1; column >= 0; column -= 1) {
      lengths[row * width + column] =
        old[row] === made[column] ? at(row + 1, column + 1) + 1 : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const lines: DifferingLine[] = [];
  let [row, column] = [0, 0];
  while (row < old.length && column < made.length) {
    const text = old[row] ?? '';
    if (text === made[column]) {
      lines.push({ kind: 'same', text });
      row += 1;
      column += 1;
    } else if (at(row + 1, column) >= at(row, column + 1)) {
      lines.push({ kind: 'taken', text });
      row += 1;
    } else {
      lines.push({ kind: 'added', text: made[column] ?? '' });
      column += 1;
    }
  }
  return [...lines, ...replaced(old.slice(row), made.slice(column))];
}

function replaced(old: readonly string[], made: readonly string[]): readonly DifferingLine[] {
  return [
    ...old.map((text): DifferingLine => ({ kind: 'taken', text })),
    ...made.map((text): DifferingLine => ({ kind: 'added', text })),
  ];
}

/** Lines that are far from any change become gaps. */
function near(lines: readonly DifferingLine[]): readonly DifferingLine[] {
  const kept = new Set<number>();
  for (const [index, { kind }] of lines.entries()) {
    for (let at = index - CONTEXT; kind !== 'same' && at <= index + CONTEXT; at += 1) {
      kept.add(at);
    }
  }
  return lines.flatMap((line, index): readonly DifferingLine[] =>
    kept.has(index) ? [line] : kept.has(index - 1) || (index === 0 && kept.size > 0) ? [{ kind: 'gap', text: '' }] : [],
  );
}
