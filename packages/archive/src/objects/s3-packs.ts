import type { Envelope } from '../core/envelope.ts';
import type { ArchiveLimits } from '../core/limits.ts';

export type PackLimits = Pick<ArchiveLimits, 'packBytes' | 'packMembers' | 'packsAtOnce' | 'packWaitMs'>;

/** An instance in memory, to go up with others. */
export interface Member {
  readonly pieces: readonly Uint8Array[];
  readonly envelope: Envelope;
}

/** Sends members as one object, and gives the key of each in their order. */
export type SendPack = (members: readonly Member[]) => Promise<readonly string[]>;

interface Waiting {
  readonly member: Member;
  readonly done: (key: string) => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Gathers instances that wait together into packs: an answer of the store then counts for many. One that comes alone goes up
 * at once; while others come too it waits a moment for them.
 */
export class Packs {
  readonly #send: SendPack;
  readonly #limits: PackLimits;
  readonly #waiting: Waiting[] = [];
  #waitingBytes = 0;
  #running = 0;
  #lastCount = 0;
  #timer: NodeJS.Timeout | undefined;
  #idle = Promise.withResolvers<void>();

  constructor(send: SendPack, limits: PackLimits) {
    this.#send = send;
    this.#limits = limits;
    this.#idle.resolve();
  }

  put(member: Member): Promise<string> {
    return new Promise((done, failed) => {
      if (this.#running === 0 && this.#waiting.length === 0) {
        this.#idle = Promise.withResolvers<void>();
      }
      this.#waiting.push({ member, done, failed });
      this.#waitingBytes += member.envelope.size;
      this.#next(false);
    });
  }

  /** Resolves once nothing is under way or waits. */
  async idle(): Promise<void> {
    await this.#idle.promise;
  }

  #next(waited: boolean): void {
    const { packBytes, packMembers, packsAtOnce, packWaitMs } = this.#limits;
    while (this.#waiting.length > 0) {
      const full = this.#waiting.length >= packMembers || this.#waitingBytes >= packBytes;
      if (this.#running >= (full ? packsAtOnce : Math.ceil(packsAtOnce / 2))) {
        // The end of one that runs comes here again.
        return;
      }
      const crowded = this.#running > 0 || this.#lastCount > 1;
      if (!full && crowded && !waited) {
        this.#timer ??= setTimeout(() => {
          this.#timer = undefined;
          this.#next(true);
        }, packWaitMs);
        return;
      }
      void this.#run(this.#take());
    }
  }

  #take(): readonly Waiting[] {
    const { packBytes, packMembers } = this.#limits;
    const taken: Waiting[] = [];
    let bytes = 0;
    for (const one of this.#waiting) {
      const { size } = one.member.envelope;
      if (taken.length >= packMembers || (taken.length > 0 && bytes + size > packBytes)) {
        break;
      }
      taken.push(one);
      bytes += size;
    }
    this.#waiting.splice(0, taken.length);
    this.#waitingBytes -= bytes;
    return taken;
  }

  async #run(taken: readonly Waiting[]): Promise<void> {
    this.#running += 1;
    this.#lastCount = taken.length;
    try {
      const keys = await this.#send(taken.map(({ member }) => member));
      for (const [index, { done }] of taken.entries()) {
        done(keys[index] ?? '');
      }
    } catch (error) {
      for (const { failed } of taken) {
        failed(error);
      }
    }
    this.#running -= 1;
    this.#next(false);
    if (this.#running === 0 && this.#waiting.length === 0) {
      this.#idle.resolve();
    }
  }
}
