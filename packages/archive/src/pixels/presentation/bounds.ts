import { ArchiveError } from '../../core/errors.ts';

/** Points of all lines of a state. */
export const MOST_POINTS = 100_000;
/** Texts of a state. */
export const MOST_TEXTS = 500;
/** Characters of one text: a screen holds no more. */
export const MOST_CHARACTERS = 2000;

/** Counts what a state would have drawn: it is made by others, and drawing costs. */
export class Bounded {
  #counted = 0;

  /** @throws ArchiveError `limit-exceeded` */
  count(more: number, most: number): void {
    this.#counted += more;
    if (this.#counted > most) {
      throw new ArchiveError('limit-exceeded', `The presentation state draws more than ${most} points or texts.`);
    }
  }
}
