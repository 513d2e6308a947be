import type { ByteSource, ReceivedObject } from '@filmless/dicom';
import {
  createReception,
  type Disk,
  NODE_DISK,
  type Received,
  type ReceiveOptions,
  type Reception,
  type ReceptionLimits,
} from '@filmless/disk';

/** Small enough that a test reaches them. */
const LIMITS: ReceptionLimits = {
  memoryInstanceBytes: 1_048_576,
  memoryBytes: 16_777_216,
  instanceBytes: 4_294_967_296,
  freeBytes: 1,
  freeCheckBytes: 16_777_216,
  writeBatchBytes: 524_288,
};

/** A reception that knows which objects nobody let go. */
export class CountedReception implements Reception {
  readonly held: Set<ReceivedObject> = new Set();
  readonly #reception: Reception;

  private constructor(reception: Reception) {
    this.#reception = reception;
  }

  /** On the real disk, where `disk` does not say otherwise. */
  static async open(folder: string, limits: Partial<ReceptionLimits> = {}, disk: Partial<Disk> = {}): Promise<CountedReception> {
    return new CountedReception(await createReception({ ...NODE_DISK, ...disk }, folder, { ...LIMITS, ...limits }));
  }

  async receive(pieces: AsyncIterable<Uint8Array>, options: ReceiveOptions): Promise<Received> {
    return this.#hold(await this.#reception.receive(pieces, options));
  }

  async rewrite(object: ReceivedObject, before: Uint8Array): Promise<Received> {
    return this.#hold(await this.#reception.rewrite(object, before));
  }

  open(object: ReceivedObject): Promise<ByteSource & AsyncDisposable> {
    return this.#reception.open(object);
  }

  async release(object: ReceivedObject): Promise<void> {
    if (!this.held.delete(object)) {
      throw new Error('an object was let go that nobody holds');
    }
    await this.#reception.release(object);
  }

  hasRoom(urgency?: 'bulk' | 'emergency'): Promise<boolean> {
    return this.#reception.hasRoom(urgency);
  }

  /** The bytes of what is held. */
  async bytes(object: ReceivedObject): Promise<Buffer> {
    await using source = await this.open(object);
    return Buffer.from(await source.read(0, object.size));
  }

  #hold(received: Received): Received {
    this.held.add(received.object);
    return received;
  }
}
