import type { Delivery, PartOutcome } from './receive.ts';

/** A part that is being stored. */
interface Storing {
  readonly outcome: Promise<PartOutcome>;
  /** When nothing of it is held any more: it was stored, also where what it says waits to be carried out, or it failed. */
  readonly kept: Promise<unknown>;
}

/**
 * Has what a request brings stored, and its rejection notes carried out behind all of that, one after the other: what a note names may come
 * after it. Disposed of when all has come, or the request has broken off.
 */
export class NotesLast implements Disposable {
  readonly #stored = Promise.withResolvers<void>();
  /** Parts, and the request itself. */
  #left = 1;
  #last: Promise<unknown> = Promise.resolve();

  store(delivery: Delivery, work: (delivery: Delivery) => Promise<PartOutcome>): Storing {
    const waiting = Promise.withResolvers<void>();
    let isLeft = true;
    const end = () => {
      if (isLeft) {
        isLeft = false;
        this.#end();
      }
    };
    const before = async () => {
      end();
      // NOTE: it holds nothing: many that wait keep nobody from being stored.
      waiting.resolve();
      await this.#stored.promise;
      await this.#turn(outcome);
    };
    const { rejecter } = delivery;
    const own = rejecter === undefined ? delivery : { ...delivery, rejecter: { ...rejecter, before } };
    this.#left += 1;
    const outcome: Promise<PartOutcome> = work(own).finally(end);
    return { outcome, kept: Promise.race([waiting.promise, outcome]) };
  }

  /** Waits for those that came to wait before. */
  async #turn(outcome: Promise<unknown>): Promise<void> {
    const before = this.#last;
    this.#last = Promise.allSettled([outcome]);
    await before;
  }

  #end(): void {
    this.#left -= 1;
    if (this.#left === 0) {
      this.#stored.resolve();
    }
  }

  [Symbol.dispose](): void {
    this.#end();
  }
}
