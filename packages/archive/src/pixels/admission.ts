import { ArchiveError } from '../core/errors.ts';
import type { PixelLimits } from './limits.ts';

/** How much pixel work is under way at once: asked before a frame is read, so that refused work costs nothing. */
export class Admission {
  readonly #limits: Pick<PixelLimits, 'maxJobs' | 'maxJobBytes'>;
  #jobs = 0;
  #bytes = 0;

  constructor(limits: Pick<PixelLimits, 'maxJobs' | 'maxJobBytes'>) {
    this.#limits = limits;
  }

  /** Does work that holds so many encoded bytes; one job alone is always taken. @throws ArchiveError `busy` */
  async run<T>(bytes: number, work: () => Promise<T>): Promise<T> {
    const { maxJobs, maxJobBytes } = this.#limits;
    if (this.#jobs >= maxJobs || (this.#jobs > 0 && this.#bytes + bytes > maxJobBytes)) {
      throw new ArchiveError('busy', `${this.#jobs} images wait to be decoded; try again in a moment`);
    }
    this.#jobs += 1;
    this.#bytes += bytes;
    try {
      return await work();
    } finally {
      this.#jobs -= 1;
      this.#bytes -= bytes;
    }
  }
}
