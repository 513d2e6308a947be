import { dataSetOf } from '../../support/objects.ts';
import type { Product } from '../../support/product.ts';
import { type SmallInstance, sha256, smallInstance } from '../instances.ts';
import { stow } from '../load.ts';
import type { Entry } from '../store/patient-load.ts';
import type { Cluster } from './cluster.ts';

const SENDERS = 6;
const READERS = 2;
const PARTS = 4;
const PAUSE_MS = 100;
const PAUSE_AFTER_REFUSAL_MS = 400;
const REFERENCED_SOP_SEQUENCE = '00081199';
const REFERENCED_SOP_INSTANCE_UID = '00081155';

/** An answer that was none of what was asked for. */
export interface Refusal {
  readonly how: 'STOW' | 'WADO' | 'QIDO';
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

interface Answer extends Omit<Refusal, 'how'> {
  readonly bytes: Uint8Array;
}

const AS_STORED = 'application/dicom; transfer-syntax=*';

export function instancePath({ study, series, sop }: Pick<Entry, 'study' | 'series' | 'sop'>): string {
  return `/dicom-web/studies/${study}/series/${series}/instances/${sop}`;
}

/**
 * Senders and readers behind a proxy that gives each request to any process: what is refused, or broken off, is sent again to another.
 * What one process acknowledged, a reader asks another for.
 */
export class ClusterLoad {
  readonly entries: Map<string, Entry> = new Map<string, Entry>();
  /** What no client may meet, in words. */
  readonly faults: string[] = [];
  readonly #cluster: Cluster;
  readonly #seed: string;
  readonly #ending = new AbortController();
  readonly #working: Promise<void>[] = [];
  readonly #kept: Entry[] = [];
  #again: number[] = [];
  #next = 0;
  #turn = 0;
  #refusals: Refusal[] = [];
  #read = 0;
  #slowestMs = 0;

  constructor(cluster: Cluster, seed: string) {
    this.#cluster = cluster;
    this.#seed = seed;
  }

  get acknowledged(): number {
    return this.#kept.length;
  }

  /** One of those that all servers have. */
  get kept(): Entry {
    const entry = this.#kept.at(-1);
    if (entry === undefined) {
      throw new Error('nothing was stored');
    }
    return entry;
  }

  /** One that nobody has sent yet; in the end it is sent by this, where nobody else did. */
  fresh(): SmallInstance {
    return this.#take();
  }

  /** Something that was acknowledged to somebody else. */
  add({ file: _, ...facts }: SmallInstance, number: number): void {
    const entry: Entry = { ...facts, number, acknowledged: true };
    this.entries.set(facts.sop, entry);
    this.#kept.push(entry);
  }

  begin(): void {
    for (let number = 0; number < SENDERS; number += 1) {
      this.#working.push(this.#untilEnded(() => this.#send()));
    }
    for (let number = 0; number < READERS; number += 1) {
      this.#working.push(this.#untilEnded(() => this.#look()));
    }
  }

  /** Since this was last asked: what was refused, how many reads were answered well, and how long the slowest answer took. */
  takeFigures(): { readonly refusals: readonly Refusal[]; readonly read: number; readonly slowestMs: number } {
    const figures = { refusals: this.#refusals, read: this.#read, slowestMs: this.#slowestMs };
    this.#refusals = [];
    this.#read = 0;
    this.#slowestMs = 0;
    return figures;
  }

  /** Begins nothing new, and sends again what was not taken, until all is. */
  async finish(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#working);
    for (let round = 0; round < 60 && this.#kept.length < this.entries.size; round += 1) {
      this.#again = [...this.entries.values()].filter(({ acknowledged }) => !acknowledged).map(({ number }) => number);
      while (this.#again.length > 0) {
        const taken = await this.#sendThese(Array.from({ length: Math.min(PARTS, this.#again.length) }, () => this.#take()));
        await new Promise((resolve) => setTimeout(resolve, taken ? 0 : PAUSE_AFTER_REFUSAL_MS));
      }
    }
  }

  /** Round robin, as a proxy does it. */
  #any(): Product | undefined {
    const { living } = this.#cluster;
    this.#turn += 1;
    return living[this.#turn % living.length];
  }

  async #untilEnded(work: () => Promise<boolean>): Promise<void> {
    while (!this.#ending.signal.aborted) {
      const pause = (await work()) ? PAUSE_MS : PAUSE_AFTER_REFUSAL_MS;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  #take(): SmallInstance {
    const number = this.#again.shift() ?? this.#next++;
    const instance = smallInstance(this.#seed, number);
    if (!this.entries.has(instance.sop)) {
      const { file: _, ...facts } = instance;
      this.entries.set(instance.sop, { ...facts, number, acknowledged: false });
    }
    return instance;
  }

  async #send(): Promise<boolean> {
    return await this.#sendThese(Array.from({ length: PARTS }, () => this.#take()));
  }

  /** True when all were taken. */
  async #sendThese(instances: readonly SmallInstance[]): Promise<boolean> {
    const kept = new Set<string>();
    const answer = await this.#ask((server) =>
      stow(
        server,
        instances.map(({ file }) => file),
      ),
    );
    if (answer !== undefined) {
      for (const sop of referenced(answer.text)) {
        kept.add(sop);
      }
      if (answer.status !== 200) {
        this.#refused('STOW', answer);
      }
    }
    for (const { sop } of instances) {
      this.#settle(sop, kept.has(sop));
    }
    return kept.size === instances.length;
  }

  #settle(sop: string, kept: boolean): void {
    const entry = this.entries.get(sop);
    if (entry?.acknowledged !== false) {
      return;
    }
    if (kept) {
      entry.acknowledged = true;
      this.#kept.push(entry);
    } else {
      this.#again.push(entry.number);
    }
  }

  /** One that was acknowledged, of late or long ago; or the list. */
  async #look(): Promise<boolean> {
    const back = Math.random() < 0.5 ? 1 + Math.floor(Math.random() * 8) : Math.ceil(Math.random() * this.#kept.length);
    const entry = this.#kept.at(-Math.min(back, this.#kept.length));
    if (entry === undefined) {
      return true;
    }
    if (Math.random() < 0.3) {
      const listed = await this.#ask((server) => server.fetch(`/dicom-web/instances?SOPInstanceUID=${entry.sop}`));
      if (listed !== undefined && listed.status !== 200) {
        this.#refused('QIDO', listed);
      } else if (listed !== undefined && (JSON.parse(listed.text) as unknown[]).length !== 1) {
        this.faults.push(`instance ${entry.number} is listed ${(JSON.parse(listed.text) as unknown[]).length} times`);
      }
      return listed?.status === 200;
    }
    return await this.#compare(entry);
  }

  async #compare(entry: Entry): Promise<boolean> {
    const { sha256: sent, number } = entry;
    const back = await this.#ask((server) => server.fetch(instancePath(entry), { headers: { accept: AS_STORED } }));
    if (back === undefined) {
      return false;
    }
    if (back.status !== 200) {
      this.#refused('WADO', back);
      if (back.status !== 503) {
        this.faults.push(`instance ${number} was acknowledged, and reading it gave ${back.status}`);
      }
      return false;
    }
    if (sha256(dataSetOf(back.bytes)) !== sent) {
      this.faults.push(`instance ${number} came back with other bytes`);
    }
    this.#read += 1;
    return true;
  }

  /** Undefined where the process ended under the request, as one that is killed does. */
  async #ask(request: (server: Product) => Promise<Response>): Promise<Answer | undefined> {
    const server = this.#any();
    if (server === undefined) {
      return undefined;
    }
    const began = performance.now();
    try {
      const response = await request(server);
      const bytes = new Uint8Array(await response.arrayBuffer());
      const { status, headers } = response;
      return { status, retryAfter: headers.get('retry-after') ?? undefined, bytes, text: Buffer.from(bytes).toString() };
    } catch (error) {
      if (this.#cluster.living.includes(server)) {
        this.faults.push(`a request broke off at a process that lives: ${String(error)}`);
      }
      return undefined;
    } finally {
      this.#slowestMs = Math.max(this.#slowestMs, performance.now() - began);
    }
  }

  #refused(how: Refusal['how'], { status, retryAfter, text }: Answer): void {
    this.#refusals.push({ how, status, retryAfter, text });
  }
}

/** SOP Instance UIDs that a Store Instances response names as stored. PS3.18 10.5.3. */
function referenced(json: string): readonly string[] {
  const items = (JSON.parse(json) as Record<string, { Value?: Record<string, { Value?: string[] }>[] }>)[REFERENCED_SOP_SEQUENCE];
  return (items?.Value ?? []).map((item) => item[REFERENCED_SOP_INSTANCE_UID]?.Value?.[0] ?? '');
}
