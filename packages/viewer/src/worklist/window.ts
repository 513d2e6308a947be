/** Which rows of a long list are drawn: those in view and some around them. */
export interface RowWindow {
  readonly first: number;
  /** Not included. */
  readonly end: number;
}

const AROUND = 12;

export function rowWindow(scrollTop: number, height: number, rowHeight: number, count: number): RowWindow {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - AROUND);
  const end = Math.min(count, Math.ceil((scrollTop + height) / rowHeight) + AROUND);
  return { first: Math.min(first, Math.max(0, count - 1)), end };
}

/** Where to scroll so that a row is seen whole; undefined when it is. `top` is covered by what stays in place. */
export function scrollFor(index: number, rowHeight: number, scrollTop: number, height: number, top: number): number | undefined {
  const above = index * rowHeight;
  if (above < scrollTop) {
    return above;
  }
  const below = above + rowHeight + top - height;
  return below > scrollTop ? below : undefined;
}
