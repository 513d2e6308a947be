import type { ObjectIds } from './envelope.ts';

/**
 * Which series are being sent a second time, guessed from what became of the instance before: asking the index first costs a
 * round trip that only a copy is worth. A wrong guess costs time, never an object: the index decides in any case.
 */
export class RepeatedSeries {
  readonly #most: number;
  /** By Series Instance UID, the one seen longest ago first. */
  readonly #seen = new Map<string, boolean>();

  constructor(most: number) {
    this.#most = most;
  }

  /** True also for the first instance of a series that this run has not seen yet; those that come with it are believed to be new. */
  mayBe(series: Pick<ObjectIds, 'seriesInstanceUid'>): boolean {
    const seen = this.#seen.get(series.seriesInstanceUid);
    if (seen === undefined) {
      this.note(series, false);
    }
    return seen ?? true;
  }

  note({ seriesInstanceUid }: Pick<ObjectIds, 'seriesInstanceUid'>, wasKnown: boolean): void {
    if (this.#seen.get(seriesInstanceUid) === wasKnown) {
      return;
    }
    this.#seen.delete(seriesInstanceUid);
    this.#seen.set(seriesInstanceUid, wasKnown);
    if (this.#seen.size > this.#most) {
      for (const oldest of this.#seen.keys()) {
        this.#seen.delete(oldest);
        return;
      }
    }
  }
}
