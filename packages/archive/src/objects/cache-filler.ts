/** Objects that wait for their turn: about what arrives in a minute. Of more, the oldest are left out. */
const MOST_WAITING = 4096;
/** Nothing was put for so long: then the disk has time. */
const REST_MS = 100;

/**
 * Brings what was just put into the page cache, once nothing is being put: objects go to the disk past the cache, and what
 * arrived last is what somebody opens next. It reads one object at a time, and none while others arrive.
 */
export class CacheFiller implements AsyncDisposable {
  readonly #read: (key: string, goesOn: () => boolean) => Promise<void>;
  readonly #waiting = new Set<string>();
  #puts = 0;
  #timer: NodeJS.Timeout | undefined;
  #filling: Promise<void> = Promise.resolve();
  #isFilling = false;
  #isClosed = false;

  /** `read` goes through an object as long as `goesOn` says so; what it throws is let go: whoever opens the object hears it. */
  constructor(read: (key: string, goesOn: () => boolean) => Promise<void>) {
    this.#read = read;
  }

  /** Puts something, and remembers its key. */
  async during(put: Promise<string>): Promise<string> {
    this.#puts += 1;
    try {
      const key = await put;
      this.#remember(key);
      return key;
    } finally {
      this.#puts -= 1;
      this.#rest();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#filling;
  }

  #remember(key: string): void {
    this.#waiting.add(key);
    if (this.#waiting.size > MOST_WAITING) {
      for (const oldest of this.#waiting) {
        this.#waiting.delete(oldest);
        break;
      }
    }
  }

  #rest(): void {
    if (this.#puts > 0 || this.#isClosed || this.#isFilling) {
      return;
    }
    if (this.#timer === undefined) {
      this.#timer = setTimeout(() => this.#rested(), REST_MS).unref();
    } else {
      this.#timer.refresh();
    }
  }

  /** NOTE: the timer goes on while something is put, so that it need not be made anew for each. */
  #rested(): void {
    this.#timer = undefined;
    if (this.#puts === 0 && !this.#isClosed) {
      this.#filling = this.#fill();
    }
  }

  async #fill(): Promise<void> {
    this.#isFilling = true;
    const goesOn = () => this.#puts === 0 && !this.#isClosed;
    for (const key of this.#waiting) {
      if (!goesOn()) {
        break;
      }
      this.#waiting.delete(key);
      await this.#read(key, goesOn).catch(() => undefined);
    }
    this.#isFilling = false;
    if (this.#waiting.size > 0) {
      this.#rest();
    }
  }
}
