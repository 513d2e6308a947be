import type { Product } from '../../../support/product.ts';
import { FORMS } from '../body-attack.ts';
import { complaint, type HttpAnswer, HttpClient, type Question } from '../http-client.ts';

/** Something hostile that is asked of a web service, and the answers that are right. */
export interface WebCase {
  readonly name: string;
  /** Made when it is asked: some are large. */
  question(): Question;
  /** Statuses that are clear; any other one is a fault. */
  readonly answers: readonly number[];
  /** Where what may have been kept of it is found: asked for in every form. */
  readonly kept?: string;
}

export interface WebFigures {
  readonly requests: number;
  readonly answers: Readonly<Record<string, number>>;
  readonly slowestMs: number;
  readonly slowest: string;
  readonly faults: readonly string[];
}

/** A refusal of what is wrong with a request or its body. */
export const REFUSED: readonly number[] = [400, 413];
/** The same, or the words of a Store Instances response that none was stored. PS3.18 10.5.3. */
export const NOT_STORED: readonly number[] = [400, 409, 413];
/** Kept as it is, in part or not at all, but with words. */
export const JUDGED: readonly number[] = [200, 202, 400, 409, 413];
/** A picture, or words on why there is none. */
export const SHOWN_OR_NOT: readonly number[] = [200, 400, 404, 406, 413];

/** Asks one after the other. */
export async function attackByWeb(product: Product, cases: readonly WebCase[]): Promise<WebFigures> {
  using client = new HttpClient(product);
  const attack = new WebAttack(client);
  for (const one of cases) {
    await attack.one(one);
  }
  return attack.figures();
}

class WebAttack {
  readonly #client: HttpClient;
  readonly #answers = new Map<string, number>();
  readonly #faults: string[] = [];
  #requests = 0;
  #slowestMs = 0;
  #slowest = '';

  constructor(client: HttpClient) {
    this.#client = client;
  }

  figures(): WebFigures {
    const answers = Object.fromEntries([...this.#answers].sort(([a], [b]) => (a < b ? -1 : 1)));
    return {
      requests: this.#requests,
      answers,
      slowestMs: Math.round(this.#slowestMs),
      slowest: this.#slowest,
      faults: this.#faults,
    };
  }

  async one({ name, question, answers, kept }: WebCase): Promise<void> {
    const answer = await this.#ask(name, question());
    if (answer !== undefined && !answers.includes(answer.status)) {
      this.#faults.push(`${name}: ${answer.status}, not ${answers.join(' or ')}: ${answer.body.toString('utf8', 0, 300)}`);
    }
    if (kept !== undefined && (answer?.status === 200 || answer?.status === 202)) {
      for (const [path, accept] of FORMS) {
        await this.#ask(`${name}, ${path} as ${accept}`, { method: 'GET', path: kept + path, headers: { accept } });
      }
    }
  }

  /** Counts the answer; one that fails, or says nothing, is a fault of the server. */
  async #ask(what: string, question: Question): Promise<HttpAnswer | undefined> {
    this.#requests += 1;
    const began = performance.now();
    const answer = await this.#client.ask(question).catch((error: unknown) => String(error));
    const ms = performance.now() - began;
    if (ms > this.#slowestMs) {
      this.#slowestMs = ms;
      this.#slowest = what;
    }
    const words = typeof answer === 'string' ? answer : complaint(answer);
    if (words !== undefined) {
      this.#faults.push(`${what}: ${words}`);
    }
    if (typeof answer === 'string') {
      return undefined;
    }
    this.#answers.set(String(answer.status), (this.#answers.get(String(answer.status)) ?? 0) + 1);
    return answer;
  }
}
