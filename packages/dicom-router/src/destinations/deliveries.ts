import { Turns } from '@filmless/disk';
import type { DeliveredInstance } from '../records/deliveries.ts';
import { type Destination, route } from '../routing/destination.ts';
import { DeliveryLoop, type DeliveryLoopOptions } from './delivery-loop.ts';
import type { DestinationDirectory } from './destination-directory.ts';

/** The queues of all destinations and the loops that empty them. */
export class Deliveries implements AsyncDisposable {
  readonly #options: DeliveryLoopOptions;
  readonly #directory: DestinationDirectory;
  readonly #loops = new Map<string, DeliveryLoop>();
  /** One change after the other: a loop ends before the next of its destination begins. */
  readonly #changes = new Turns(1);

  private constructor(options: DeliveryLoopOptions, directory: DestinationDirectory) {
    this.#options = options;
    this.#directory = directory;
  }

  static async open(options: DeliveryLoopOptions, directory: DestinationDirectory): Promise<Deliveries> {
    const { database } = options;
    await database.write('reviveDeliveries', {});
    const deliveries = new Deliveries(options, directory);
    for (const destination of directory.list()) {
      deliveries.#start(destination);
    }
    return deliveries;
  }

  /**
   * Resolves once the deliveries that the rules ask for are durable. `isNew`: the archive did not hold the object, so what was
   * delivered under its UID before was another.
   */
  async queue(instance: DeliveredInstance, callingAe: string, modality: string | undefined, isNew: boolean): Promise<void> {
    const destinations = route(this.#directory.list(), { callingAe, modality }).map(({ id }) => id);
    if (destinations.length === 0) {
      return;
    }
    const { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid, transferSyntaxUid } = instance;
    await this.#options.database.write('queueDeliveries', {
      destinations,
      instance: { studyInstanceUid, seriesInstanceUid, sopInstanceUid, sopClassUid, transferSyntaxUid },
      now: this.#options.clock.now(),
      again: isNew,
    });
    for (const id of destinations) {
      this.#loops.get(id)?.wake();
    }
  }

  /** Something of a destination became due. */
  wake(destination: string): void {
    this.#loops.get(destination)?.wake();
  }

  /** Deliveries set aside or waiting are due now: one, or all of a destination. Gives how many. */
  async retry(destination: string, id?: number): Promise<number> {
    const now = this.#options.clock.now();
    const count = await this.#options.database.write('retryDeliveries', {
      destination,
      now,
      ...(id === undefined ? {} : { id }),
    });
    this.#loops.get(destination)?.hurry();
    return count;
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
    await this.#changes.run(() => Promise.all([...this.#loops.keys()].map((id) => this.#end(id))));
  }

  #start(destination: Destination): void {
    if (destination.enabled) {
      const loop = new DeliveryLoop(this.#options, destination);
      this.#loops.set(destination.id, loop);
      loop.start();
    }
  }

  async #end(id: string): Promise<void> {
    const loop = this.#loops.get(id);
    this.#loops.delete(id);
    await loop?.[Symbol.asyncDispose]();
  }
}
