import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';

/** What a reverse proxy makes: hexadecimal digits, with hyphens or without. A name or a word does not get into the log so. */
const SANE = /^(?=.*[a-f0-9])[a-f0-9-]{16,64}$/i;

/** The caller's own id of a request where it will do, else a new one. */
export function requestId(header: string | string[] | undefined): string {
  return typeof header === 'string' && SANE.test(header) ? header : randomUUID();
}

/** Which request the code that runs is working for: every line of the log that is written meanwhile names it. */
export class RequestScope {
  readonly #storage = new AsyncLocalStorage<string>();

  get current(): string | undefined {
    return this.#storage.getStore();
  }

  run<T>(id: string, work: () => T): T {
    return this.#storage.run(id, work);
  }
}
