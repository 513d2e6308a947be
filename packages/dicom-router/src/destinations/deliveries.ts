import { Turns } from '@filmless/disk';
import type { QueuedInstance, Removed, RemovedStudy } from '../records/deliveries.ts';
import type { Decision } from '../routing/decision.ts';
import type { Destination } from '../routing/destination.ts';
import type { DestinationDirectory } from './destination-directory.ts';
import { DestinationQueue, type DestinationQueueOptions, type QueueStatus } from './destination-queue.ts';

/** The queues of all destinations and the loops that empty them. */
export class Deliveries implements AsyncDisposable {
  readonly #options: DestinationQueueOptions;
  readonly #directory: DestinationDirectory;
  readonly #queues = new Map<string, DestinationQueue>();
  /** One change after the other: a loop ends before the next of its destination begins. */
  readonly #changes = new Turns(1);

  private constructor(options: DestinationQueueOptions, directory: DestinationDirectory) {
    this.#options = options;
    this.#directory = directory;
  }

  static async open(options: DestinationQueueOptions, directory: DestinationDirectory): Promise<Deliveries> {
    const { database } = options;
    await database.write('reviveDeliveries', {});
    const deliveries = new Deliveries(options, directory);
    for (const destination of directory.list()) {
      deliveries.#start(destination);
    }
    return deliveries;
  }

  /**
   * Resolves once what was decided is durable; a destination gets an instance once, by the first decision that names it. `isNew`:
   * the archive did not hold the object, so what was delivered under its UID before was another.
   */
  async queue(instance: QueuedInstance, decisions: readonly Decision[], isNew: boolean): Promise<void> {
    const chosen = new Map<string, Decision>();
    for (const decision of decisions) {
      const { destination, rule } = decision;
      if (this.#directory.find(destination) === undefined) {
        this.#options.log.error({ destination, rule }, 'delivery.unknown-destination');
      } else if (!chosen.has(destination)) {
        chosen.set(destination, decision);
      }
    }
    if (chosen.size === 0) {
      return;
    }
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid, transferSyntaxUid, bytes, origin } = instance;
    await this.#options.database.write('queueDeliveries', {
      decisions: [...chosen.values()],
      instance: { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid, transferSyntaxUid, bytes, origin },
      now: this.#options.clock.now(),
      again: isNew,
    });
    for (const id of chosen.keys()) {
      this.#queues.get(id)?.wake();
    }
  }

  /** How the queue of a destination fares; undefined for one that is off. */
  status(destination: string): QueueStatus | undefined {
    return this.#queues.get(destination)?.status();
  }

  /** Something of a destination became due. */
  wake(destination: string): void {
    this.#queues.get(destination)?.wake();
  }

  /** Deliveries set aside or waiting are due now: one, those set aside, or all of a destination. Gives how many. */
  async retry(destination: string, which: { readonly id?: number; readonly onlyAside?: boolean } = {}): Promise<number> {
    const now = this.#options.clock.now();
    const count = await this.#options.database.write('retryDeliveries', { destination, now, ...which });
    this.#queues.get(destination)?.hurry();
    return count;
  }

  /** Takes deliveries out of a queue that are neither done nor being sent. Gives their studies. */
  async remove(destination: string, removed: Removed): Promise<readonly RemovedStudy[]> {
    return await this.#options.database.write('removeDeliveries', { destination, removed });
  }

  /** Adds or changes a destination; its loop begins anew. */
  async put(destination: Destination): Promise<void> {
    await this.#changes.run(async () => {
      await this.#directory.put(destination);
      await this.#end(destination.id);
      this.#start(destination);
    });
  }

  /** @throws RouterError `not-found`, `conflict` */
  async delete(id: string): Promise<void> {
    await this.#changes.run(async () => {
      await this.#directory.delete(id);
      await this.#end(id);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#changes.run(() => Promise.all([...this.#queues.keys()].map((id) => this.#end(id))));
  }

  #start(destination: Destination): void {
    if (destination.enabled) {
      const queue = new DestinationQueue(this.#options, destination);
      this.#queues.set(destination.id, queue);
      queue.start();
    }
  }

  async #end(id: string): Promise<void> {
    const queue = this.#queues.get(id);
    this.#queues.delete(id);
    await queue?.[Symbol.asyncDispose]();
  }
}
