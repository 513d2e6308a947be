import type { ArchiveLimits } from '../limits.ts';

/** How much finer than the quiet time it is looked. */
const LOOKS = 8;
const SHORTEST_LOOK_MS = 20;

/** Studies that instances came of lately; says of each when none came for a while. */
export class QuietStudies implements Disposable {
  readonly #limits: Pick<ArchiveLimits, 'studyQuietMs' | 'arrivalsWaiting'>;
  readonly #quiet: (study: string) => void;
  /** When the last instance came, the study of the oldest first. */
  readonly #last = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: Pick<ArchiveLimits, 'studyQuietMs' | 'arrivalsWaiting'>, quiet: (study: string) => void) {
    this.#limits = limits;
    this.#quiet = quiet;
  }

  get size(): number {
    return this.#last.size;
  }

  note(study: string): void {
    this.#last.delete(study);
    this.#last.set(study, performance.now());
    if (this.#last.size > this.#limits.arrivalsWaiting) {
      this.#end(this.#last.keys().next().value ?? study);
    }
    this.#timer ??= setInterval(() => this.#look(), Math.max(SHORTEST_LOOK_MS, this.#limits.studyQuietMs / LOOKS)).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#last.clear();
  }

  #look(): void {
    const until = performance.now() - this.#limits.studyQuietMs;
    for (const [study, last] of this.#last) {
      if (last > until) {
        return;
      }
      this.#end(study);
    }
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #end(study: string): void {
    this.#last.delete(study);
    this.#quiet(study);
  }
}
