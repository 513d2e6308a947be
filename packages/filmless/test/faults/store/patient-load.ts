import { sendFiles } from '@filmless/dicom-router';
import type { Product } from '../../support/product.ts';
import { type SmallInstance, smallInstance } from '../instances.ts';
import { stow } from '../load.ts';

const ASSOCIATIONS = 4;
const SERIES_LENGTH = 10;
const STOW_AT_ONCE = 2;
const STOW_PARTS = 5;
/** After a few instances a sender waits a moment; when it was refused, longer. */
const PAUSE_MS = 150;
const PAUSE_AFTER_REFUSAL_MS = 200;
const REFERENCED_SOP_SEQUENCE = '00081199';
const REFERENCED_SOP_INSTANCE_UID = '00081155';

/** One instance, or one STOW request, that was not taken. */
export interface Refusal {
  readonly how: 'C-STORE' | 'STOW';
  /** The status and what stands beside it, as the sender reads it. */
  readonly problem: string;
  readonly retryAfter?: string | undefined;
}

export interface Entry extends Omit<SmallInstance, 'file'> {
  readonly number: number;
  acknowledged: boolean;
}

/** Senders as modalities are: what is refused they send again, until it is taken. */
export class PatientLoad {
  readonly entries: Map<string, Entry> = new Map<string, Entry>();
  readonly #product: Product;
  readonly #seed: string;
  readonly #ending = new AbortController();
  readonly #senders: Promise<void>[] = [];
  #again: number[] = [];
  #next = 0;
  #refusals: Refusal[] = [];
  #answers: number[] = [];

  constructor(product: Product, seed: string) {
    this.#product = product;
    this.#seed = seed;
  }

  get acknowledged(): readonly Entry[] {
    return [...this.entries.values()].filter((entry) => entry.acknowledged);
  }

  begin(): void {
    for (const send of [
      ...Array.from({ length: ASSOCIATIONS }, () => () => this.#sendByDimse()),
      ...Array.from({ length: STOW_AT_ONCE }, () => () => this.#sendByStow()),
    ]) {
      this.#senders.push(this.#untilEnded(send));
    }
  }

  /** What was refused since this was last asked, and how long the slowest answer took. */
  takeFigures(): { readonly refusals: readonly Refusal[]; readonly answers: number; readonly slowestMs: number } {
    const figures = { refusals: this.#refusals, answers: this.#answers.length, slowestMs: Math.max(0, ...this.#answers) };
    this.#refusals = [];
    this.#answers = [];
    return figures;
  }

  /** Begins nothing new, sends what was refused until all is taken, and ends. */
  async finish(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#senders);
    this.#again = [...this.entries.values()].filter(({ acknowledged }) => !acknowledged).map(({ number }) => number);
    for (let round = 0; this.#again.length > 0 && round < 50; round += 1) {
      const { refused } = await sendFiles(this.#node(), this.#rest());
      this.#again = refused.map(({ sopInstanceUid }) => this.entries.get(sopInstanceUid)?.number ?? 0);
    }
  }

  async #untilEnded(send: () => Promise<boolean>): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const pause = (await send()) ? PAUSE_MS : PAUSE_AFTER_REFUSAL_MS;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  #take(): SmallInstance {
    const number = this.#again.shift() ?? this.#next++;
    const instance = smallInstance(this.#seed, number);
    const { file: _, ...facts } = instance;
    if (!this.entries.has(instance.sop)) {
      this.entries.set(instance.sop, { ...facts, number, acknowledged: false });
    }
    return instance;
  }

  /** Whoever was told that it is kept may rely on it; all others are sent again. */
  #settle(sop: string, kept: boolean): void {
    const entry = this.entries.get(sop);
    if (entry !== undefined && kept) {
      entry.acknowledged = true;
    } else if (entry?.acknowledged === false) {
      this.#again.push(entry.number);
    }
  }

  #node() {
    const { dicomPort: port, aeTitle: calledAe } = this.#product;
    return { host: '127.0.0.1', port, calledAe, callingAe: 'PATIENT' };
  }

  /** True when all was taken. */
  async #sendByDimse(): Promise<boolean> {
    const sent: string[] = [];
    const answered = (began: number) => this.#answers.push(performance.now() - began);
    const take = () => this.#take();
    async function* files(): AsyncGenerator<Uint8Array> {
      for (let count = 0; count < SERIES_LENGTH; count += 1) {
        const { sop, file } = take();
        sent.push(sop);
        const began = performance.now();
        yield file;
        answered(began);
      }
    }
    const { refused } = await sendFiles(this.#node(), files());
    const problems = new Map(refused.map(({ sopInstanceUid, problem }) => [sopInstanceUid, problem]));
    this.#refusals.push(...[...problems.values()].map((problem) => ({ how: 'C-STORE', problem }) as const));
    for (const sop of sent) {
      this.#settle(sop, !problems.has(sop));
    }
    return problems.size === 0;
  }

  async *#rest(): AsyncGenerator<Uint8Array> {
    for (const number of this.#again) {
      const { sop, file } = smallInstance(this.#seed, number);
      yield file;
      this.#settle(sop, true);
    }
  }

  async #sendByStow(): Promise<boolean> {
    const instances = Array.from({ length: STOW_PARTS }, () => this.#take());
    const began = performance.now();
    const response = await stow(
      this.#product,
      instances.map(({ file }) => file),
    );
    const text = await response.text();
    this.#answers.push(performance.now() - began);
    const kept = referenced(text);
    if (response.status !== 200) {
      const retryAfter = response.headers.get('retry-after') ?? undefined;
      this.#refusals.push({ how: 'STOW', problem: `${response.status} ${text}`, retryAfter });
    }
    for (const { sop } of instances) {
      this.#settle(sop, kept.has(sop));
    }
    return response.status === 200;
  }
}

/** SOP Instance UIDs that a Store Instances response names as stored. PS3.18 10.5.3. */
function referenced(json: string): ReadonlySet<string> {
  const items = (JSON.parse(json) as Record<string, { Value?: Record<string, { Value?: string[] }>[] }>)[REFERENCED_SOP_SEQUENCE];
  return new Set((items?.Value ?? []).map((item) => item[REFERENCED_SOP_INSTANCE_UID]?.Value?.[0] ?? ''));
}
