import type { Answer, ServiceRequest } from './provider.ts';
import { turnOfOthers } from './turn-of-others.ts';

/** Answers after which others are heard: a cancel of this very operation among them. */
const TOGETHER = 32;
/** A peer need not wait longer than this for what is found already. */
const TOGETHER_BYTES = 65_536;

/** Responses before the last, of which many go out in one write: each write costs more than the response in it. */
export class GatheredAnswers {
  readonly #request: Pick<ServiceRequest, 'pending'>;
  #waiting: Answer[] = [];
  #bytes = 0;

  constructor(request: Pick<ServiceRequest, 'pending'>) {
    this.#request = request;
  }

  /** True when it is time to `send`. */
  add(answer: Answer): boolean {
    this.#bytes += answer.dataSet?.byteLength ?? 0;
    return this.#waiting.push(answer) >= TOGETHER || this.#bytes >= TOGETHER_BYTES;
  }

  async send(): Promise<void> {
    await this.#request.pending(...this.take());
    await turnOfOthers();
  }

  /** What waits, to go out together with the last response. */
  take(): readonly Answer[] {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#bytes = 0;
    return waiting;
  }
}
