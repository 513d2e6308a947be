export interface Layout {
  readonly rows: number;
  readonly columns: number;
}

export const LAYOUTS: readonly Layout[] = [
  { rows: 1, columns: 1 },
  { rows: 1, columns: 2 },
  { rows: 2, columns: 1 },
  { rows: 2, columns: 2 },
  { rows: 3, columns: 3 },
];

export const MOST_VIEWPORTS = 9;

export function viewportCount({ rows, columns }: Layout): number {
  return rows * columns;
}

/** Series for the viewports that show nothing yet: those not on the screen, in order, starting after the last one shown. */
export function fillEmpty<T>(series: readonly T[], shown: readonly (T | undefined)[]): readonly (T | undefined)[] {
  const used = new Set(shown);
  const after = Math.max(-1, ...shown.map((entry) => (entry === undefined ? -1 : series.indexOf(entry))));
  const waiting = [...series.slice(after + 1), ...series.slice(0, after + 1)].filter((entry) => !used.has(entry));
  let next = 0;
  return shown.map((entry) => entry ?? waiting[next++]);
}
