import { ACCESS_LIMITS } from '../limits.ts';
import type { Log } from '../model.ts';
import type { Directory, Shown } from './directory.ts';

interface OpenConnection {
  readonly shown: Shown;
  readonly end: () => void;
}

/** Connections that outlive their request: each ends with the session or token that it was opened by. */
export class OpenConnections implements AsyncDisposable {
  readonly #directory: Pick<Directory, 'holding'>;
  readonly #clock: () => number;
  readonly #log: Log;
  readonly #timer: NodeJS.Timeout;
  readonly #open = new Set<OpenConnection>();
  #again = false;
  #looking: Promise<void> | undefined;

  constructor(
    directory: Pick<Directory, 'holding'>,
    clock: () => number,
    log: Log,
    everyMs: number = ACCESS_LIMITS.connectionCheck,
  ) {
    this.#directory = directory;
    this.#clock = clock;
    this.#log = log;
    // NOTE: also without a change in this process: sessions and tokens run out, and another process may have ended them.
    this.#timer = setInterval(() => this.look(), everyMs).unref();
  }

  /** `end` is called at most once, and not after it was disposed of. */
  add(shown: Shown, end: () => void): Disposable {
    const connection = { shown, end };
    this.#open.add(connection);
    return { [Symbol.dispose]: () => void this.#open.delete(connection) };
  }

  /** Ends those that have nothing any more that they were opened by. Never waits. */
  look(): void {
    // NOTE: once more after one that is under way, which may have read before what changed.
    this.#again = true;
    this.#looking ??= this.#lookAgain();
  }

  async #lookAgain(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#look().catch((error: unknown) => this.#log.warn({ error: String(error) }, 'open connections not looked after'));
    }
    // NOTE: in the same turn as the last question whether to look again.
    this.#looking = undefined;
  }

  async #look(): Promise<void> {
    const looked = [...this.#open];
    if (looked.length === 0) {
      return;
    }
    const holding = await this.#directory.holding(
      looked.map(({ shown }) => shown),
      this.#clock(),
    );
    for (const connection of looked) {
      if (!holding.has(connection.shown.key) && this.#open.delete(connection)) {
        connection.end();
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#open.clear();
    await this.#looking;
  }
}
