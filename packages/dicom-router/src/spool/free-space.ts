/**
 * Whether the disk has room. It is measured at most once a second; what is being received meanwhile is counted: a slice each for
 * those under way, and what they wrote since the measurement.
 */
export class FreeSpace {
  readonly #free: () => Promise<number>;
  readonly #atLeast: number;
  readonly #slice: number;
  readonly #now: () => number;
  #measured: Promise<number> | undefined;
  #measuredAt = 0;
  /** Slices that were taken and not given back, in bytes. */
  #taken = 0;
  #writtenSince = 0;

  /** `free` gives the free bytes, of which `atLeast` stay; `slice` is what may be written after one question. */
  constructor(free: () => Promise<number>, atLeast: number, slice: number, now: () => number) {
    this.#free = free;
    this.#atLeast = atLeast;
    this.#slice = slice;
    this.#now = now;
  }

  async hasRoom(): Promise<boolean> {
    return this.#fits(await this.#measure());
  }

  /** Takes a slice to write in, if there is room; it must be given back. */
  async take(): Promise<boolean> {
    const free = await this.#measure();
    // NOTE: no await from here on, or two would take the same room.
    const room = this.#fits(free);
    this.#taken += room ? this.#slice : 0;
    return room;
  }

  /** Gives a slice back, with what was written in it. */
  giveBack(written: number): void {
    this.#taken -= this.#slice;
    this.#writtenSince += written;
  }

  #fits(free: number): boolean {
    return free - this.#taken - this.#writtenSince >= this.#atLeast;
  }

  #measure(): Promise<number> {
    if (this.#measured === undefined || this.#now() - this.#measuredAt >= 1000) {
      this.#measuredAt = this.#now();
      // NOTE: before it is measured, so that what is written during it counts twice rather than not.
      this.#writtenSince = 0;
      this.#measured = this.#free();
    }
    return this.#measured;
  }
}
