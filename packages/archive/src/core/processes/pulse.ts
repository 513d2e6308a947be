import type { RunningProcess } from './process-records.ts';

interface Seen {
  readonly beat: number;
  readonly looks: number;
}

/**
 * Tells which processes have ended: those whose count did not go on for so many looks. It measures with the looks alone, so that
 * neither clocks that differ nor a database that was away make a living process a dead one.
 */
export class Pulse {
  readonly #looks: number;
  #seen: ReadonlyMap<string, Seen> = new Map();

  /** `looks`: that see the same count before a process is believed to have ended. */
  constructor(looks: number) {
    this.#looks = looks;
  }

  /** Takes in what there is now; gives those that have ended. */
  look(running: readonly RunningProcess[]): readonly RunningProcess[] {
    const seen = running.map(({ run, beat }): [string, Seen] => {
      const before = this.#seen.get(run);
      return [run, { beat, looks: before?.beat === beat ? before.looks + 1 : 1 }];
    });
    this.#seen = new Map(seen);
    return running.filter(({ run }) => (this.#seen.get(run)?.looks ?? 0) > this.#looks);
  }

  /** It could not be looked: whoever lives may not have been able to say so either. */
  missed(): void {
    this.#seen = new Map();
  }
}
