import type { NewInstance } from '../core/index-port.ts';

/** Series remembered at most; each is some 200 bytes. */
const MOST_REMEMBERED = 2_000;

/**
 * Series of which this run has indexed an instance. Others of them need not bring what their header says of study and series, for that is
 * taken from the one received first. The index decides in any case: where it has forgotten the series, it asks.
 */
export class DescribedSeries {
  readonly #remembered = new Set<string>();

  has(instance: NewInstance): boolean {
    return this.#remembered.has(keyOf(instance));
  }

  add(instance: NewInstance): void {
    if (this.#remembered.size >= MOST_REMEMBERED) {
      this.#remembered.clear();
    }
    this.#remembered.add(keyOf(instance));
  }
}

function keyOf({ studyInstanceUid, seriesInstanceUid }: NewInstance): string {
  return `${studyInstanceUid} ${seriesInstanceUid}`;
}
