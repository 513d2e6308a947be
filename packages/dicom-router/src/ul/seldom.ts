/** Says whether it is time to speak of something again; what was spoken of longest ago is forgotten first. */
export class Seldom {
  readonly #silenceMs: number;
  readonly #remembered: number;
  readonly #now: () => number;
  readonly #told = new Map<string, number>();

  constructor(silenceMs: number, remembered: number, now: () => number) {
    this.#silenceMs = silenceMs;
    this.#remembered = remembered;
    this.#now = now;
  }

  /** True once for each key in the time of silence. */
  due(key: string): boolean {
    const now = this.#now();
    if (now - (this.#told.get(key) ?? Number.NEGATIVE_INFINITY) < this.#silenceMs) {
      return false;
    }
    this.#told.delete(key);
    const [oldest] = this.#told.keys();
    if (oldest !== undefined && this.#told.size >= this.#remembered) {
      this.#told.delete(oldest);
    }
    this.#told.set(key, now);
    return true;
  }
}
