import type { Product } from '../../support/product.ts';
import { type Operation, operations } from './api-document.ts';
import { Dice, SEED } from './dice.ts';
import { HOSTILE_SEGMENTS, mutatedJson } from './hostile-values.ts';
import { complaint, type HttpAnswer, HttpClient, type Question } from './http-client.ts';
import { mutated, spliced } from './mutate.ts';
import { SmallObjects } from './objects.ts';

export interface BodyFigures {
  readonly bodies: number;
  /** How often which status was answered. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Requests for what was kept of the mutants. */
  readonly readBack: number;
  readonly perSecond: number;
  readonly faults: readonly string[];
}

const AT_ONCE = 8;
const JSON_SHARE = 0.25;
/** Numbers of objects that each run has for itself. */
const RUN = 100_000;
/** One in so many of those kept is asked for in every form. */
const READ_BACK = 4;
const MULTIPART = 'multipart/related; type="application/dicom"; boundary=part';
/** It makes connections to wherever its body says, which is what it is for. */
const NOT_ASKED: ReadonlySet<string> = new Set(['POST /api/aes/{title}/echo']);

/** Sends mutated bodies to STOW and to the JSON API, and reads back what the archive kept. `run` makes them others than another run's. */
export async function attackWithBodies(product: Product, count: number, run: number): Promise<BodyFigures> {
  using client = new HttpClient(product);
  const attack = new BodyAttack(client, await operations(product), count, run);
  const began = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, () => attack.work()));
  return { ...attack.figures(), perSecond: Math.round((1000 * count) / (performance.now() - began)) };
}

class BodyAttack {
  readonly #client: HttpClient;
  readonly #operations: readonly [Operation, ...Operation[]];
  readonly #count: number;
  readonly #run: number;
  readonly #objects = new SmallObjects();
  readonly #statuses = new Map<string, number>();
  readonly #faults: string[] = [];
  #sent = 0;
  #readBack = 0;
  #kept = 0;

  constructor(client: HttpClient, all: readonly Operation[], count: number, run: number) {
    this.#run = run;
    this.#client = client;
    this.#count = count;
    const withBody = all.filter(({ method, path, body }) => body !== undefined && !NOT_ASKED.has(`${method} ${path}`));
    const [first, ...others] = withBody;
    if (first === undefined) {
      throw new Error('the API document names no operation with a body');
    }
    this.#operations = [first, ...others];
  }

  figures(): Omit<BodyFigures, 'perSecond'> {
    const statuses = Object.fromEntries([...this.#statuses].sort(([a], [b]) => (a < b ? -1 : 1)));
    return { bodies: this.#sent, statuses, readBack: this.#readBack, faults: this.#faults };
  }

  async work(): Promise<void> {
    while (this.#sent < this.#count && this.#faults.length < 10) {
      const number = this.#sent;
      this.#sent += 1;
      const dice = new Dice(SEED, 'body', this.#run, number);
      const json = dice.chance(JSON_SHARE);
      const question = json ? this.#json(dice) : this.#stow(dice, this.#run * RUN + number);
      const answer = await this.#ask(question, json ? 'api' : 'stow', `run ${this.#run}, body ${number}`);
      if (!json && answer?.status === 200) {
        await this.#readKept(answer, number);
      }
    }
  }

  async #ask(question: Question, kind: string, what: string): Promise<HttpAnswer | undefined> {
    const fault = (words: string) =>
      this.#faults.push(`seed ${SEED}, ${what}: ${question.method} ${question.path.slice(0, 300)}: ${words}`);
    try {
      const answer = await this.#client.ask(question);
      const key = `${kind} ${answer.status}`;
      this.#statuses.set(key, (this.#statuses.get(key) ?? 0) + 1);
      const words = complaint(answer);
      if (words !== undefined) {
        fault(words);
      }
      return answer;
    } catch (error) {
      fault(String(error));
      return undefined;
    }
  }

  #json(dice: Dice): Question {
    const { method, path, body } = dice.pick([...this.#operations] as [Operation, ...Operation[]]);
    const text = dice.chance(0.02)
      ? '[{"a":'.repeat(dice.pick([1000, 100_000]))
      : (JSON.stringify(mutatedJson(body, dice)) ?? 'null');
    const bytes = dice.chance(0.7) ? Buffer.from(text) : mutated(Buffer.from(text), dice);
    return {
      method,
      path: path.replace(/\{\w+\}/g, () => dice.pick(HOSTILE_SEGMENTS)),
      headers: {
        'content-type': dice.pick(['application/json', 'application/json', 'application/json; charset=x', 'text/plain', '']),
      },
      body: bytes,
    };
  }

  #stow(dice: Dice, number: number): Question {
    const file = this.#objects.take(dice, number);
    const path = dice.chance(0.9) ? '/dicom-web/studies' : `/dicom-web/studies/${dice.pick(['1.2.3', ...HOSTILE_SEGMENTS])}`;
    const headers = {
      'content-type': dice.chance(0.93) ? MULTIPART : oddType(dice),
      accept: dice.pick(['application/dicom+json', '*/*']),
    };
    const share = dice.below(100);
    if (share < 60) {
      return { method: 'POST', path, headers, body: multipart(mutated(file, dice)) };
    }
    if (share < 70) {
      return { method: 'POST', path, headers, body: multipart(spliced(file, this.#objects.take(dice, number), dice)) };
    }
    if (share < 80) {
      return { method: 'POST', path, headers: { 'content-type': 'application/dicom' }, body: mutated(file, dice) };
    }
    const body = multipart(...Array.from({ length: dice.below(4) }, () => mutated(file, dice)), file);
    return { method: 'POST', path, headers, body: mutated(body, dice) };
  }

  async #readKept(answer: HttpAnswer, number: number): Promise<void> {
    this.#kept += 1;
    const url = /"(?:http:\/\/[^"]*)?(\/dicom-web\/studies\/[^"]*\/instances\/[^"]*)"/.exec(answer.body.toString())?.[1];
    if (url === undefined || this.#kept % READ_BACK !== 0) {
      return;
    }
    for (const [path, accept] of FORMS) {
      this.#readBack += 1;
      await this.#ask(
        { method: 'GET', path: `${url}${path}`, headers: { accept } },
        'read',
        `run ${this.#run}, body ${number} read back`,
      );
    }
  }
}

/** Every form an instance is given out in. */
export const FORMS: readonly (readonly [path: string, accept: string])[] = [
  ['', 'multipart/related; type="application/dicom"; transfer-syntax=*'],
  ['', 'multipart/related; type="application/dicom"'],
  ['/metadata', 'application/dicom+json'],
  ['/metadata', 'multipart/related; type="application/dicom+xml"'],
  ['/frames/1', 'multipart/related; type="application/octet-stream"; transfer-syntax=*'],
  ['/frames/1', 'multipart/related; type="application/octet-stream"'],
  ['/frames/1/rendered', 'image/png'],
  ['/rendered', 'image/jpeg'],
  ['/thumbnail', 'image/jpeg'],
  ['/bulkdata/7FE00010', 'multipart/related; type="application/octet-stream"'],
];

function oddType(dice: Dice): string {
  return dice.pick([
    'multipart/related',
    'multipart/related; boundary=',
    'multipart/related; boundary="part',
    `multipart/related; type="application/dicom"; boundary=${'b'.repeat(500)}`,
    'multipart/related; type="application/dicom+json"; boundary=part',
    'multipart/form-data; boundary=part',
    'application/dicom+json',
    'application/dicom; boundary=part',
    'text/html',
    'multipart/related; type="application/dicom"; boundary=part; boundary=other; __proto__=x',
    ';;;',
    `${'a'.repeat(4000)}/b`,
  ]);
}

export function multipart(...files: readonly Uint8Array[]): Buffer {
  const parts = files.flatMap((file) => [
    Buffer.from('--part\r\ncontent-type: application/dicom\r\n\r\n'),
    file,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...parts, Buffer.from('--part--\r\n')]);
}
