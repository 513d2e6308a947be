import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dataSetOf, fetchInstance } from '../support/objects.ts';
import { type Product, ROOT, startProduct } from '../support/product.ts';
import { run } from '../support/run.ts';
import { sha256 } from './instances.ts';
import { listedInstances, wholeIndex } from './listing.ts';
import { Ledger, load } from './load.ts';
import { type Random, randomFrom } from './random.ts';

const MAIN = join(ROOT, 'packages', 'filmless', 'src', 'main.ts');
const SHORTEST_LOAD_MS = 100;
const LONGEST_LOAD_MS = 1800;
const LONGEST_START_MS = 1500;
/** Out of ten ends: so many by SIGTERM; and of the kills, so many followed by another while the server starts. */
const STOPS = 1;
const KILLS_AT_START = 2;
const FETCHES_AT_ONCE = 4;

export interface Killed {
  readonly kills: number;
  readonly stops: number;
  readonly acknowledged: number;
  /** Sent, not acknowledged, and there after all: that is allowed, when it is there whole. */
  readonly unacknowledgedButThere: number;
  /** From starting to the ready line. */
  readonly slowestStartMs: number;
  /** From the signal to the end of the process, and of what sent to it. */
  readonly slowestEndMs: number;
  readonly slowestSendersMs: number;
  /** Everything that should not be, in words. */
  readonly faults: readonly string[];
}

/** Where the images lie, when they are not in the data directory. */
export interface StoreElsewhere {
  /** The value of `--store`. */
  readonly url: string;
  /** SOP Instance UIDs of all that lies there. */
  readonly instances: () => Promise<readonly string[]>;
}

/** Ends a product under load again and again on one data directory, and looks after each start at what it kept. */
export async function killAgainAndAgain(seed: string, kills: number, store?: StoreElsewhere): Promise<Killed> {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-kill-'));
  try {
    return await new Attack(seed, join(folder, 'data'), store).run(kills);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

class Attack {
  readonly #data: string;
  readonly #store: StoreElsewhere | undefined;
  readonly #random: Random;
  readonly #ledger: Ledger;
  readonly #faults: string[] = [];
  /** SOP Instance UIDs whose bytes were fetched and compared. */
  readonly #fetched = new Set<string>();
  #kills = 0;
  #stops = 0;
  #unacknowledged = 0;
  #slowestStartMs = 0;
  #slowestEndMs = 0;
  #slowestSendersMs = 0;

  constructor(seed: string, data: string, store: StoreElsewhere | undefined) {
    this.#data = data;
    this.#store = store;
    this.#random = randomFrom(seed);
    this.#ledger = new Ledger(seed);
  }

  get #args(): readonly string[] {
    return this.#store === undefined ? [] : ['--store', this.#store.url];
  }

  async run(kills: number): Promise<Killed> {
    while (this.#kills < kills) {
      {
        const began = performance.now();
        await using product = await startProduct({ data: this.#data, args: this.#args });
        this.#slowestStartMs = Math.max(this.#slowestStartMs, performance.now() - began);
        await this.#check(product);
        this.#ledger.retry();
        await this.#endUnderLoad(product);
      }
      if (this.#random() * 10 < KILLS_AT_START && this.#kills < kills) {
        await this.#killWhileStarting();
      }
    }
    await this.#compareWithRebuild();
    return {
      kills: this.#kills,
      stops: this.#stops,
      acknowledged: this.#ledger.acknowledged.length,
      unacknowledgedButThere: this.#unacknowledged,
      slowestStartMs: Math.round(this.#slowestStartMs),
      slowestEndMs: Math.round(this.#slowestEndMs),
      slowestSendersMs: Math.round(this.#slowestSendersMs),
      faults: [...this.#faults, ...this.#ledger.complaints],
    };
  }

  async #endUnderLoad(product: Product): Promise<void> {
    const ending = new AbortController();
    const senders = load(product, this.#ledger, ending.signal);
    const atWork = SHORTEST_LOAD_MS + this.#random() * (LONGEST_LOAD_MS - SHORTEST_LOAD_MS);
    const kill = this.#random() * 10 >= STOPS;
    const gone = new Promise((resolve) => product.process.once('exit', resolve));
    await Promise.race([new Promise((resolve) => setTimeout(resolve, atWork)), gone]);
    if (product.process.exitCode !== null) {
      this.#faults.push(`the server ended by itself:\n${product.log()}`);
    }
    const began = performance.now();
    ending.abort();
    if (kill) {
      this.#kills += 1;
      product.process.kill('SIGKILL');
    } else {
      this.#stops += 1;
      const code = await product.stop();
      if (code !== 0) {
        this.#faults.push(`stopped with code ${code}`);
      }
    }
    await gone;
    this.#slowestEndMs = Math.max(this.#slowestEndMs, performance.now() - began);
    await senders;
    this.#slowestSendersMs = Math.max(this.#slowestSendersMs, performance.now() - began);
  }

  async #killWhileStarting(): Promise<void> {
    const args = ['serve', '--data', this.#data, '--http-port', '0', '--dicom-port', '0', ...this.#args];
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: join(this.#data, '..'), stdio: 'ignore' });
    const gone = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => setTimeout(resolve, this.#random() * LONGEST_START_MS));
    child.kill('SIGKILL');
    this.#kills += 1;
    await gone;
  }

  /** Fetches all that is listed and was not fetched before. */
  async #check(product: Product): Promise<void> {
    const round = `after ${this.#kills} kills and ${this.#stops} stops`;
    const fault = (what: string) => this.#faults.push(`${round}: ${what}`);
    for (const file of await filesBelow(join(this.#data, 'incoming'))) {
      fault(`left in incoming: ${file}`);
    }
    const listed = await listedInstances(product);
    const uids = new Set(listed.map(({ sop }) => sop));
    if (uids.size !== listed.length) {
      fault(`${listed.length} instances are listed, ${uids.size} different ones`);
    }
    for (const { sop, number } of this.#ledger.acknowledged) {
      if (!uids.has(sop)) {
        fault(`instance ${number} was acknowledged and is not listed`);
      }
    }
    await (this.#store === undefined ? this.#checkFiles(listed.length, fault) : this.#checkStore(this.#store, uids, fault));
    const queue = listed.filter(({ sop }) => !this.#fetched.has(sop));
    const worker = async () => {
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        const sent = this.#ledger.sent.get(next.sop);
        const back = await fetchInstance(product, next.study, next.series, next.sop);
        if (sent === undefined || typeof back === 'number' || sha256(dataSetOf(back)) !== sent.sha256) {
          fault(`instance ${sent?.number} came back ${typeof back === 'number' ? `with ${back}` : 'with other bytes'}`);
        }
        this.#unacknowledged += sent?.acknowledged === false ? 1 : 0;
        this.#fetched.add(next.sop);
      }
    };
    await Promise.all(Array.from({ length: FETCHES_AT_ONCE }, worker));
  }

  /** Each instance has its object, and nothing else lies there. */
  async #checkFiles(instances: number, fault: (what: string) => void): Promise<void> {
    const files = await filesBelow(join(this.#data, 'objects'));
    const count = (suffix: string) => files.filter((file) => file.endsWith(suffix)).length;
    if (count('.dcm') !== instances) {
      fault(`${instances} instances are listed; there are ${count('.dcm')} objects`);
    }
    for (const file of files.filter((name) => !/(\.(dcm|inflated)|\/settled)$/.test(name))) {
      fault(`left in objects: ${file}`);
    }
  }

  /** Each instance lies there once, and nothing else. */
  async #checkStore(store: StoreElsewhere, listed: ReadonlySet<string>, fault: (what: string) => void): Promise<void> {
    const kept = await store.instances();
    const unknown = kept.filter((sop) => !listed.has(sop));
    if (kept.length !== listed.size || unknown.length > 0) {
      fault(`${listed.size} instances are listed; ${kept.length} lie in the store, of those not listed: ${unknown.join(', ')}`);
    }
  }

  async #compareWithRebuild(): Promise<void> {
    const before = await this.#indexOfServer();
    const rebuilt = await run(process.execPath, [MAIN, 'rebuild', '--data', this.#data, ...this.#args]);
    if (rebuilt.code !== 0) {
      this.#faults.push(`rebuild ended with ${rebuilt.code}: ${rebuilt.stderr}`);
      return;
    }
    const after = await this.#indexOfServer();
    const differs = [...before.filter((line) => !after.includes(line)), ...after.filter((line) => !before.includes(line))];
    this.#faults.push(...differs.slice(0, 4).map((line) => `index and rebuild differ in: ${line}`));
    if (before.length !== after.length) {
      this.#faults.push(`the index has ${before.length} entries, made again ${after.length}`);
    }
  }

  /** Looks at everything, each instance's bytes again, and gives what the index shows. */
  async #indexOfServer(): Promise<readonly string[]> {
    await using product = await startProduct({ data: this.#data, args: this.#args });
    this.#fetched.clear();
    this.#unacknowledged = 0;
    await this.#check(product);
    return await wholeIndex(product);
  }
}

async function filesBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
