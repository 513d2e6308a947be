import { ACCESS_LIMITS } from '../limits.ts';
import type { Log } from '../model.ts';
import type { AuditLine } from '../store/audit.ts';

/** Views wait a moment for company: one commit for many, one line for a subject, a study and five minutes. */
export class ViewLog implements AsyncDisposable {
  readonly #write: (lines: readonly AuditLine[]) => Promise<void>;
  readonly #log: Log;
  /** When a subject's view of a study was last put on the trail. The order is that of the times. */
  readonly #seen = new Map<string, number>();
  #waiting: AuditLine[] = [];
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();
  #lost = 0;

  constructor(write: (lines: readonly AuditLine[]) => Promise<void>, log: Log) {
    this.#write = write;
    this.#log = log;
  }

  /** Views that never got onto the trail, since the start. */
  get lost(): number {
    return this.#lost;
  }

  add(line: AuditLine): void {
    const key = `${line.subject?.kind}\n${line.subject?.id}\n${line.studyInstanceUid}`;
    const last = this.#seen.get(key);
    if (last !== undefined && line.at - last < ACCESS_LIMITS.viewWindow) {
      return;
    }
    this.#remember(key, line.at);
    if (this.#waiting.length >= ACCESS_LIMITS.viewsWaiting) {
      this.#drop(1, 'the database has not been written for too long');
      return;
    }
    this.#waiting.push(line);
    this.#schedule();
  }

  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = this.#flushing.then(() => this.#flush());
    return this.#flushing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
    if (this.#waiting.length > 0) {
      this.#drop(this.#waiting.length, 'the database could not be written until the end');
    }
  }

  async #flush(): Promise<void> {
    const lines = this.#waiting;
    this.#waiting = [];
    if (lines.length === 0) {
      return;
    }
    try {
      await this.#write(lines);
    } catch (error) {
      this.#log.error({ count: lines.length, error: String(error) }, 'views wait for the audit trail');
      this.#waiting = [...lines, ...this.#waiting].slice(0, ACCESS_LIMITS.viewsWaiting);
      this.#schedule();
    }
  }

  #schedule(): void {
    this.#timer ??= setTimeout(() => void this.flush(), ACCESS_LIMITS.viewFlush).unref();
  }

  #drop(count: number, why: string): void {
    this.#lost += count;
    this.#log.error({ count, why }, 'views missing from the audit trail');
  }

  #remember(key: string, at: number): void {
    this.#seen.delete(key);
    if (this.#seen.size >= ACCESS_LIMITS.viewMemory) {
      const oldest = this.#seen.keys().next();
      if (oldest.done !== true) {
        this.#seen.delete(oldest.value);
      }
    }
    this.#seen.set(key, at);
  }
}
