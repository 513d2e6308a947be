export interface FreeSpaceOptions {
  /** Bytes the disk has free. */
  readonly free: () => Promise<number>;
  /** So many of them stay free. */
  readonly atLeast: number;
  /** So many stay free of what is sent in bulk; as many as of the rest unless given. */
  readonly atLeastOfBulk?: () => Promise<number>;
  /** Bytes that may be written after one question. */
  readonly slice: number;
  /** A clock that only goes forward, in milliseconds. */
  readonly now: () => number;
}

/** A measurement counts for so long. */
const FRESH_MS = 1000;

interface Measured {
  readonly free: number;
  /** So many stay free of what is sent in bulk. */
  readonly keptOfBulk: number;
}

/**
 * Whether the disk has room. It is measured at most once a second; what is being received meanwhile is counted: a slice each for
 * those under way, and what they wrote since the measurement.
 */
export class FreeSpace {
  readonly #options: FreeSpaceOptions;
  #measured: Promise<Measured> | undefined;
  #measuredAt = 0;
  /** Slices that were taken and not given back, in bytes. */
  #taken = 0;
  #writtenSince = 0;

  constructor(options: FreeSpaceOptions) {
    this.#options = options;
  }

  /** @throws what `free` throws */
  async hasRoom(): Promise<boolean> {
    return this.#fits((await this.#measure()).free);
  }

  /** The same for what is sent in bulk, which stops before the rest does. @throws what `free` throws */
  async hasRoomForBulk(): Promise<boolean> {
    const { free, keptOfBulk } = await this.#measure();
    return this.#fits(free, keptOfBulk);
  }

  /** Takes a slice to write in, if there is room; it must be given back. @throws what `free` throws */
  async take(): Promise<boolean> {
    const { free } = await this.#measure();
    // NOTE: no await from here on, or two would take the same room.
    const room = this.#fits(free);
    this.#taken += room ? this.#options.slice : 0;
    return room;
  }

  /** Gives a slice back, with what was written in it. */
  giveBack(written: number): void {
    this.#taken -= this.#options.slice;
    this.#writtenSince += written;
  }

  #fits(free: number, atLeast = this.#options.atLeast): boolean {
    return free - this.#taken - this.#writtenSince >= atLeast;
  }

  #measure(): Promise<Measured> {
    const { now } = this.#options;
    if (this.#measured !== undefined && now() - this.#measuredAt < FRESH_MS) {
      return this.#measured;
    }
    this.#measuredAt = now();
    // NOTE: before it is measured, so that what is written during it counts twice rather than not.
    this.#writtenSince = 0;
    const measured = this.#ask();
    this.#measured = measured;
    measured.catch(() => {
      if (this.#measured === measured) {
        this.#measured = undefined;
      }
    });
    return measured;
  }
  async #ask(): Promise<Measured> {
    const { free, atLeast, atLeastOfBulk } = this.#options;
    const [bytes, kept] = await Promise.all([free(), atLeastOfBulk?.() ?? atLeast]);
    return { free: bytes, keptOfBulk: Math.max(atLeast, kept) };
  }
}
