/** Names by which clients know the server, at most: whoever makes names up is forgotten again. */
const MOST_ROOTS = 8;
/** Counts are halved from here on, so that a new name can win. */
const MOST_COUNTED = 1000;
/** A text is made for another root once that was asked for so many times more often. */
const MUCH_MORE = 4;

/** The roots under which metadata was asked for lately: texts are kept for the one that most use. */
export class Roots {
  readonly #counts = new Map<string, number>();

  note(root: string): void {
    const count = (this.#counts.get(root) ?? 0) + 1;
    this.#counts.delete(root);
    this.#counts.set(root, count);
    if (count >= MOST_COUNTED) {
      for (const [known, times] of this.#counts) {
        this.#counts.set(known, Math.ceil(times / 2));
      }
    }
    if (this.#counts.size > MOST_ROOTS) {
      const [least] = [...this.#counts].toSorted(([, one], [, other]) => one - other);
      this.#counts.delete(least?.[0] ?? '');
    }
  }

  /** The one asked for most. */
  preferred(): string | undefined {
    const [most] = [...this.#counts].toSorted(([, one], [, other]) => other - one);
    return most?.[0];
  }

  /** Whether a text should rather be kept under one root than under another. */
  isBetter(root: string, than: string): boolean {
    return (this.#counts.get(root) ?? 0) >= MUCH_MORE * ((this.#counts.get(than) ?? 0) + 1);
  }
}
