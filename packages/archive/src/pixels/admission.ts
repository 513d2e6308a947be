import { ArchiveError } from '../core/errors.ts';
import type { PixelLimits } from './limits.ts';

/** Of all jobs, so many are left for frames: pictures that pile up keep nobody from reading. */
const FOR_FRAMES = 1 / 4;

/** How much pixel work waits and is under way at once: asked before anything is read, so that refused work costs nothing. */
export class Admission {
  readonly #most: number;
  #jobs = 0;
  #others = 0;

  constructor({ maxJobs }: Pick<PixelLimits, 'maxJobs'>) {
    this.#most = maxJobs;
  }

  /** @throws ArchiveError `busy` */
  async run<T>(isFrame: boolean, work: () => Promise<T>): Promise<T> {
    const mostOthers = Math.max(1, Math.floor(this.#most * (1 - FOR_FRAMES)));
    if (this.#jobs >= this.#most || (!isFrame && this.#others >= mostOthers)) {
      throw new ArchiveError('busy', `${this.#jobs} images wait to be decoded; try again in a moment`);
    }
    this.#jobs += 1;
    this.#others += isFrame ? 0 : 1;
    try {
      return await work();
    } finally {
      this.#jobs -= 1;
      this.#others -= isFrame ? 0 : 1;
    }
  }
}
