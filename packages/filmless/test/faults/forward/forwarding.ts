import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ShapedLine } from '../../../../dicom-router/test/shaped-line.ts';
import { type Product, startProduct } from '../../support/product.ts';
import { type SmallInstance, smallInstance } from '../instances.ts';
import { type Random, randomFrom } from '../random.ts';
import { killed, makeReceiver, type Receiver, type ReceiverKind } from './receivers.ts';
import { feed, hurry, otherPixels, overview, type PixelDigest, pause, pixelDigest, sendEverythingTo } from './sending.ts';

export interface ForwardingOptions {
  readonly receiver: ReceiverKind;
  readonly seed: string;
  readonly faults: number;
  readonly instances: number;
  /** So many of them have more than 8 MiB. */
  readonly large: number;
}

export interface Forwarded {
  readonly kills: { readonly sender: number; readonly receiver: number; readonly cuts: number };
  readonly sent: number;
  readonly arrived: number;
  /** Everything that should not be, in words. */
  readonly problems: readonly string[];
}

/** A line slow enough that faults come while something is on it. */
const BYTES_PER_SECOND = 1_500_000;
const LARGE_SIDE = 3000;
const SIDE = 500;
const BATCH = 10;
const SHORTEST_MS = 300;
const LONGEST_MS = 1500;
const DONE_MS = 90_000;
/** Records of the sender, which hold a row for each delivery; the log of the database with it. */
const MOST_RECORD_BYTES = 12_000_000;

/** Sends through one Filmless to a receiver behind a line, while both are killed and the line is cut again and again. */
export async function forwardUnderFaults(options: ForwardingOptions): Promise<Forwarded> {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-forward-'));
  const receiver = await makeReceiver(options.receiver);
  try {
    return await new Forwarding(options, receiver, join(folder, 'data')).run();
  } finally {
    await receiver[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  }
}

class Forwarding {
  readonly #options: ForwardingOptions;
  readonly #receiver: Receiver;
  readonly #data: string;
  readonly #random: Random;
  readonly #kills = { sender: 0, receiver: 0, cuts: 0 };
  readonly #problems: string[] = [];
  readonly #sent = new Map<string, PixelDigest>();
  #next = 0;

  constructor(options: ForwardingOptions, receiver: Receiver, data: string) {
    this.#options = options;
    this.#receiver = receiver;
    this.#data = data;
    this.#random = randomFrom(options.seed);
  }

  async run(): Promise<Forwarded> {
    const port = await this.#receiver.start();
    await using line = await ShapedLine.open({ target: port, bytesPerSecond: BYTES_PER_SECOND });
    let sender = await startProduct({ data: this.#data });
    try {
      await this.#setUp(sender, line);
      for (let fault = 0; fault < this.#options.faults; fault += 1) {
        await this.#feed(sender, Math.ceil(this.#options.instances / this.#options.faults));
        await pause(SHORTEST_MS + this.#random() * (LONGEST_MS - SHORTEST_MS));
        sender = await this.#strike(sender, line, fault);
        await hurry(sender);
      }
      await this.#feed(sender, this.#options.instances - this.#next);
      await this.#finish(sender);
    } finally {
      await sender[Symbol.asyncDispose]();
    }
    const arrived = await this.#compare();
    return { kills: this.#kills, sent: this.#sent.size, arrived, problems: this.#problems };
  }

  async #setUp(sender: Product, line: ShapedLine): Promise<void> {
    await sendEverythingTo(sender, await this.#receiver.destination(line.port));
  }

  /** One of three: our process, theirs, or what is between. */
  async #strike(sender: Product, line: ShapedLine, fault: number): Promise<Product> {
    // Each once, then as it comes.
    const dice = fault < 3 ? fault : Math.floor(this.#random() * 3);
    if (dice === 1) {
      this.#kills.sender += 1;
      await killed(sender.process);
      return await startProduct({ data: this.#data });
    }
    if (dice === 0) {
      this.#kills.receiver += 1;
      await this.#receiver.kill();
      line.target = await this.#receiver.start();
      return sender;
    }
    this.#kills.cuts += 1;
    line.cut();
    await pause(this.#random() * LONGEST_MS);
    line.mend();
    return sender;
  }

  /** By C-STORE, as a modality does. */
  async #feed(sender: Product, count: number): Promise<void> {
    for (let left = Math.min(count, this.#options.instances - this.#next); left > 0; left -= BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, left) }, () => this.#instance());
      const refused = await feed(sender, batch);
      this.#problems.push(...refused.map((problem) => `the sender refused an instance: ${problem}`));
    }
  }

  #instance(): SmallInstance {
    const number = this.#next;
    this.#next += 1;
    const { instances, large, seed } = this.#options;
    const every = large === 0 ? Number.POSITIVE_INFINITY : Math.ceil(instances / large);
    // NOTE: the number 7 of eight is deflated, which no stock peer makes out; here all are to arrive everywhere.
    const side = number % every === every - 1 ? LARGE_SIDE : SIDE;
    const made = smallInstance(seed, number * 8, side);
    this.#sent.set(made.sop, pixelDigest(made.file, side * side));
    return made;
  }

  /** Waits until nothing is under way. */
  async #finish(sender: Product): Promise<void> {
    const until = performance.now() + DONE_MS;
    for (;;) {
      const queue = await overview(sender);
      if (queue.done >= this.#sent.size && queue.queued + queue.sending === 0) {
        return;
      }
      if (performance.now() > until || queue.aside > 0) {
        this.#problems.push(`not all was delivered: ${JSON.stringify(queue)}`);
        return;
      }
      await hurry(sender);
      await pause(500);
    }
  }

  async #compare(): Promise<number> {
    const arrived = await this.#receiver.instances();
    const different = new Set(arrived);
    if (different.size !== arrived.length) {
      this.#problems.push(`${arrived.length - different.size} instances are there more than once`);
    }
    const missing = [...this.#sent.keys()].filter((uid) => !different.has(uid));
    const strange = [...different].filter((uid) => !this.#sent.has(uid));
    if (missing.length + strange.length > 0) {
      this.#problems.push(`${missing.length} instances are missing, ${strange.length} were never sent`);
    }
    this.#problems.push(...(await otherPixels(this.#receiver.files(), this.#sent)));
    this.#problems.push(...(await this.#receiver.leftovers()).map((name) => `left at the receiver: ${name}`));
    await this.#compareDisk();
    return arrived.length;
  }

  /** The sender keeps each instance once, and nothing beside it. */
  async #compareDisk(): Promise<void> {
    const incoming = await readdir(join(this.#data, 'incoming'));
    this.#problems.push(...incoming.map((name) => `left at the sender: ${name}`));
    const objects = await readdir(join(this.#data, 'objects'), { recursive: true });
    const kept = objects.filter((name) => name.endsWith('.dcm')).length;
    if (kept !== this.#sent.size) {
      this.#problems.push(`the sender keeps ${kept} objects of ${this.#sent.size}`);
    }
    let bytes = 0;
    for (const name of await readdir(join(this.#data, 'records'))) {
      bytes += name.startsWith('router.db') ? (await stat(join(this.#data, 'records', name))).size : 0;
    }
    if (bytes > MOST_RECORD_BYTES) {
      this.#problems.push(`the records of the router have ${bytes} bytes`);
    }
  }
}
