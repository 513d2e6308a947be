import { type ChildProcess, spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Product, ROOT } from '../../support/product.ts';
import { peakBytes, residentBytes } from '../memory.ts';

const HONEST_CLIENT = join(ROOT, 'packages', 'filmless', 'test', 'faults', 'hostile', 'honest-client.ts');
const SAMPLE_MS = 250;

/** How long the honest client waited for its answers, in ms. */
export interface Waited {
  readonly count: number;
  readonly median: number;
  readonly p95: number;
  readonly max: number;
}

/** Looks at a server from outside while it is attacked: its memory, and what a well-behaved client sees of it. */
export class Watch implements AsyncDisposable {
  readonly #product: Product;
  readonly #client: ChildProcess;
  readonly #timer: NodeJS.Timeout;
  readonly #waited: { readonly what: string; readonly ms: number }[] = [];
  readonly #resident: number[] = [];
  /** What failed for the honest client, in words. */
  readonly failures: string[] = [];

  constructor(product: Product, seed: string) {
    this.#product = product;
    this.#client = spawn(process.execPath, [HONEST_CLIENT, product.url, String(product.dicomPort), seed], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    const lines = this.#client.stdout === null ? undefined : createInterface({ input: this.#client.stdout });
    lines?.on('line', (line) => this.#heard(line));
    this.#timer = setInterval(() => void this.#sample(), SAMPLE_MS);
  }

  /** Ends of the server so far, which should be none. */
  get alive(): boolean {
    return this.#product.process.exitCode === null && this.#product.process.signalCode === null;
  }

  /** Resident memory in MB at each quarter of a second so far. */
  get resident(): readonly number[] {
    return this.#resident;
  }

  waited(what: string): Waited {
    const all = this.#waited.flatMap((one) => (one.what === what ? [one.ms] : [])).sort((a, b) => a - b);
    const at = (share: number) => all[Math.min(all.length - 1, Math.floor(all.length * share))] ?? Number.NaN;
    return { count: all.length, median: at(0.5), p95: at(0.95), max: at(1) };
  }

  #heard(line: string): void {
    const { what, ms, failure } = JSON.parse(line) as { what: string; ms: number; failure?: string };
    this.#waited.push({ what, ms });
    if (failure !== undefined) {
      this.failures.push(`${what} after ${ms} ms: ${failure}`);
    }
  }

  async #sample(): Promise<void> {
    const resident = await residentMb(this.#product).catch(() => undefined);
    if (resident !== undefined) {
      this.#resident.push(resident);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    const ended = new Promise((resolve) => this.#client.once('exit', resolve));
    this.#client.kill('SIGKILL');
    await ended;
  }
}

/** Memory of the server's process in MB (10^6 bytes). */
export async function residentMb(product: Product): Promise<number> {
  return residentBytes(product.process.pid ?? 0) / 1e6;
}

/** Lets the peak be counted anew from here. proc(5), clear_refs. */
export async function resetPeak(product: Product): Promise<void> {
  await writeFile(`/proc/${product.process.pid}/clear_refs`, '5');
}

export async function peakMb(product: Product): Promise<number> {
  return peakBytes(product.process.pid ?? 0) / 1e6;
}
