import { DatabaseError } from '../errors.ts';
import { errorOf, failureOf } from './failure.ts';
import type { Health } from './health.ts';
import { POSTGRES_LIMITS } from './limits.ts';
import type { Session } from './session.ts';

interface Waiter {
  readonly go: () => void;
  readonly timer: NodeJS.Timeout;
}

/** An administrator's command, or a network that ends what stands. */
const CUT_OFF = /57P01|terminated unexpectedly|encountered a connection error|ECONNRESET|EPIPE/;

/** Connections that are lent in turn, opened when they are needed and closed when they are not. */
export class Pool {
  readonly #open: () => Promise<Session>;
  readonly #health: Health;
  readonly #most: number;
  readonly #idle: Session[] = [];
  readonly #waiters: Waiter[] = [];
  readonly #sweep: NodeJS.Timeout;
  #lent = 0;

  constructor(open: () => Promise<Session>, health: Health, most: number) {
    this.#open = open;
    this.#health = health;
    this.#most = most;
    this.#sweep = setInterval(() => this.#closeIdle(), POSTGRES_LIMITS.idleMs / 2).unref();
  }

  get most(): number {
    return this.#most;
  }

  /** @throws DatabaseError `away`, `notRun`, when there is no connection; `busy` when none became free; what `work` throws */
  async use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    await this.#permit();
    try {
      const session = await this.#take();
      try {
        const result = await work(session);
        this.#health.heard();
        return result;
      } catch (error) {
        if (failureOf(error).lost) {
          session.destroy();
        }
        throw error;
      } finally {
        this.#give(session);
      }
    } finally {
      this.#release();
    }
  }

  /** Once nobody uses one. */
  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await Promise.all(this.#idle.splice(0).map((session) => session.close()));
  }

  async #take(): Promise<Session> {
    // NOTE: connections of a server that is away are not tried: one that says nothing would make each call wait.
    const { reason } = this.#health;
    if (reason !== undefined) {
      throw new DatabaseError('away', reason, { notRun: true });
    }
    for (let idle = this.#idle.pop(); idle !== undefined; idle = this.#idle.pop()) {
      if (idle.usable) {
        return idle;
      }
    }
    try {
      return await this.#opened();
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code === 'away') {
        this.#health.lost(failure.message);
      }
      throw errorOf(failure, true, error);
    }
  }

  /** One that was cut off while it began is begun again: that says nothing of the server. */
  async #opened(): Promise<Session> {
    for (let losses = 1; ; losses += 1) {
      try {
        return await this.#open();
      } catch (error) {
        if (losses >= POSTGRES_LIMITS.losses || !CUT_OFF.test(failureOf(error).message)) {
          throw error;
        }
      }
    }
  }

  #give(session: Session): void {
    if (session.usable) {
      session.idleSince = performance.now();
      this.#idle.push(session);
      return;
    }
    if (session.silent) {
      this.#health.lost('the PostgreSQL server takes requests and does not answer: look after it, its disk and the network');
    }
    // What took this one may have taken them all, and each would be found out by somebody's request.
    for (const idle of this.#idle.splice(0)) {
      idle.destroy();
    }
  }

  async #permit(): Promise<void> {
    if (this.#lent < this.#most) {
      this.#lent += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = {
        go: () => {
          clearTimeout(waiter.timer);
          resolve();
        },
        timer: setTimeout(() => {
          this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
          reject(new DatabaseError('busy', `no connection became free for ${POSTGRES_LIMITS.answerMs / 1000} s`));
        }, POSTGRES_LIMITS.answerMs),
      };
      this.#waiters.push(waiter);
    });
  }

  #release(): void {
    const next = this.#waiters.shift();
    if (next === undefined) {
      this.#lent -= 1;
    } else {
      next.go();
    }
  }

  #closeIdle(): void {
    const before = performance.now() - POSTGRES_LIMITS.idleMs;
    for (const session of this.#idle.filter(({ idleSince, usable }) => idleSince < before || !usable)) {
      this.#idle.splice(this.#idle.indexOf(session), 1);
      void session.close();
    }
  }
}
