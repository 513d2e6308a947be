import { setTimeout as pause } from 'node:timers/promises';
import { DatabaseError, errorData, fromErrorData } from '../errors.ts';
import type { Schema } from '../procedure.ts';
import { errorOf, failureOf } from './failure.ts';
import { POSTGRES_LIMITS } from './limits.ts';
import type { Pool } from './pool.ts';
import type { Session } from './session.ts';
import { type Call, commitTogether, type Isolation } from './transaction.ts';

/** Calls in the order they came, shared out among connections; those that wait together share commits. */
export class Writer {
  readonly #pool: Pool;
  readonly #schema: Schema;
  readonly #isolation: Isolation;
  #waiting: Call[] = [];
  readonly #besides = new Set<Promise<void>>();
  readonly #lanes = new Set<Promise<void>>();
  /** Keys of the calls that are being run. */
  readonly #locked = new Set<string>();
  #isWoken = false;
  /** Lanes that have no connection yet. */
  #starting = 0;
  /** Lanes that have one. */
  #connected = 0;
  /** A lane found no connection while others still seek one: none is begun until one of them has it, or all have failed. */
  #isHeldUp = false;

  constructor(pool: Pool, schema: Schema, isolation: Isolation) {
    this.#pool = pool;
    this.#schema = schema;
    this.#isolation = isolation;
  }

  /** @throws DatabaseError */
  async call(name: string, args: unknown): Promise<unknown> {
    const work = this.#schema.besides?.[name]?.(args);
    if (work !== undefined) {
      await this.#workBesides(work);
    }
    const key = this.#schema.keys?.[name]?.(args);
    return await new Promise((resolve, reject) => {
      this.#waiting.push({ name, args, key, resolve, reject, attempts: 0, losses: 0 });
      this.#wake();
    });
  }

  /** When all is done that was asked for. */
  async idle(): Promise<void> {
    while (this.#besides.size > 0 || this.#lanes.size > 0 || this.#waiting.length > 0) {
      await Promise.allSettled([...this.#besides, ...this.#lanes]);
      await pause(0);
    }
  }

  async #workBesides(work: Promise<void>): Promise<void> {
    this.#besides.add(work);
    try {
      await work;
    } catch (error) {
      throw fromErrorData({ ...errorData(error), notRun: true });
    } finally {
      this.#besides.delete(work);
    }
  }

  /** NOTE: not at once: what is called in one turn of the event loop shares commits. */
  #wake(): void {
    if (!this.#isWoken) {
      this.#isWoken = true;
      setImmediate(() => {
        this.#isWoken = false;
        this.#begin();
      });
    }
  }

  #begin(): void {
    while (!this.#isHeldUp && this.#lanes.size < this.#pool.most && this.#starting < this.#free().length) {
      this.#starting += 1;
      const lane = this.#work().finally(() => {
        this.#lanes.delete(lane);
        if (this.#free().length > 0) {
          this.#wake();
        }
      });
      this.#lanes.add(lane);
    }
  }

  /** Those whose keys nobody has. */
  #free(): readonly Call[] {
    return this.#waiting.filter(({ key }) => key === undefined || !this.#locked.has(key));
  }

  async #work(): Promise<void> {
    let waits = true;
    const started = (): void => {
      this.#starting -= waits ? 1 : 0;
      waits = false;
    };
    try {
      await this.#pool.use(async (session) => {
        started();
        this.#connected += 1;
        this.#isHeldUp = false;
        try {
          await this.#drain(session);
        } finally {
          this.#connected -= 1;
        }
      });
    } catch (error) {
      started();
      // There is no connection: those that wait are told, unless others have one. NOTE: while others seek one nothing new is begun, or
      // each would leave it to the next, again and again.
      this.#isHeldUp = this.#connected === 0 && this.#starting > 0;
      if (this.#connected === 0 && this.#starting === 0) {
        const failure = failureOf(error);
        for (const { reject } of this.#waiting.splice(0)) {
          reject(errorOf(failure, true, error));
        }
      }
    }
  }

  async #drain(session: Session): Promise<void> {
    for (let calls = this.#next(); calls.length > 0; calls = session.usable ? this.#next() : []) {
      const again = await this.#commit(session, calls);
      this.#waiting.unshift(...again);
      const attempts = Math.max(0, ...again.map((call) => call.attempts));
      if (attempts > 0) {
        await pause(Math.random() * Math.min(POSTGRES_LIMITS.pauseMs, 2 ** attempts));
      }
    }
  }

  async #commit(session: Session, calls: readonly Call[]): Promise<readonly Call[]> {
    const keys = calls.flatMap(({ key }) => (key === undefined ? [] : [key]));
    for (const key of keys) {
      this.#locked.add(key);
    }
    const rules = { procedures: this.#schema.procedures, isolation: this.#isolation };
    try {
      return await commitTogether(session, calls, rules);
    } catch (error) {
      // Not what a call did: something of ours is wrong, and nobody may wait for ever.
      session.destroy();
      for (const { reject } of calls) {
        reject(error instanceof Error ? error : new DatabaseError('failed', String(error)));
      }
      return [];
    } finally {
      for (const key of keys) {
        this.#locked.delete(key);
      }
      if (this.#waiting.length > 0) {
        this.#wake();
      }
    }
  }

  /**
   * A fair share of those that wait and whose keys nobody has, with all others of the same keys; or one alone that had others in
   * its way. NOTE: in the order of their keys, so that two transactions never wait for each other.
   */
  #next(): readonly Call[] {
    const free = this.#free();
    const [first] = free;
    const chosen = new Set(first !== undefined && first.attempts > 0 ? [first] : share(free, this.#pool.most));
    this.#waiting = this.#waiting.filter((call) => !chosen.has(call));
    return [...chosen].sort((a, b) => compare(a.key ?? '', b.key ?? ''));
  }
}

function share(free: readonly Call[], lanes: number): readonly Call[] {
  const ready = free.filter(({ attempts }) => attempts === 0);
  const begun = ready.slice(0, Math.ceil(ready.length / lanes));
  const keys = new Set(begun.map(({ key }) => key));
  keys.delete(undefined);
  const alike = ready.slice(begun.length).filter(({ key }) => keys.has(key));
  return [...begun, ...alike].slice(0, POSTGRES_LIMITS.batchCalls);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
