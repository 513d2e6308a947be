/** Whether the disk has room, asked at most once a second. */
export class FreeSpace {
  readonly #free: () => Promise<number>;
  readonly #atLeast: number;
  readonly #now: () => number;
  #answer: Promise<boolean> | undefined;
  #askedAt = 0;

  /** `free` gives the free bytes. */
  constructor(free: () => Promise<number>, atLeast: number, now: () => number) {
    this.#free = free;
    this.#atLeast = atLeast;
    this.#now = now;
  }

  hasRoom(): Promise<boolean> {
    if (this.#answer === undefined || this.#now() - this.#askedAt >= 1000) {
      this.#askedAt = this.#now();
      this.#answer = this.#free().then((bytes) => bytes >= this.#atLeast);
    }
    return this.#answer;
  }
}
