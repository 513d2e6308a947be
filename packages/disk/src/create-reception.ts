import { join } from 'node:path';
import type { ByteSource, ReceivedObject } from '@filmless/dicom';
import { Arrival, type Shared } from './arrival.ts';
import { BlockPool } from './block-pool.ts';
import { DataSetDigest } from './data-set-digest.ts';
import type { Disk } from './disk.ts';
import { DiskError, diskError } from './disk-error.ts';
import { FreeSpace } from './free-space.ts';
import { openContent } from './received-source.ts';
import type { Received, ReceiveOptions, Reception, ReceptionLimits } from './reception.ts';

/** Bytes read at a time from a file that is written anew. */
const READ_BYTES = 262_144;

/**
 * A reception whose long objects lie in a folder, which belongs to it alone: the files of an earlier run are removed from it.
 * @throws DiskError `failed`, `full`
 */
export async function createReception(disk: Disk, folder: string, limits: ReceptionLimits): Promise<Reception> {
  try {
    await disk.makeFolder(folder);
    for (const { name, kind } of await disk.list(folder)) {
      if (kind === 'file') {
        await disk.remove(join(folder, name));
      }
    }
  } catch (error) {
    throw diskError(error, 'the folder of received files could not be opened');
  }
  return new DiskReception({ disk, folder, limits, blocks: new BlockPool(limits.memoryBytes) });
}

class DiskReception implements Reception {
  readonly #shared: Shared;
  readonly #space: FreeSpace;
  /** What each object in memory holds. */
  readonly #blocks = new WeakMap<ReceivedObject, readonly Uint8Array[]>();

  constructor(shared: Shared) {
    const { disk, folder, limits } = shared;
    this.#shared = shared;
    this.#space = new FreeSpace({
      free: () => disk.freeBytes(folder),
      atLeast: limits.freeBytes,
      atLeastOfBulk: async () => (((await disk.sizeBytes?.(folder)) ?? 0) * (limits.bulkFreePercent ?? 0)) / 100,
      slice: limits.freeCheckBytes,
      now: () => performance.now(),
    });
  }

  async receive(pieces: AsyncIterable<Uint8Array>, options: ReceiveOptions): Promise<Received> {
    const { before, dataSetOffset, firstLook, signal } = options;
    const arrival = new Arrival(this.#shared, new DataSetDigest(dataSetOffset ?? before?.byteLength ?? 0, firstLook));
    const room = new Room(this.#space, this.#shared.limits.freeCheckBytes);
    try {
      await room.take();
      if (before !== undefined) {
        await arrival.add(before);
      }
      for await (const piece of pieces) {
        signal?.throwIfAborted();
        const asking = room.use(piece.byteLength);
        // NOTE: most pieces need neither, and each await costs a turn of the event loop's queue.
        if (asking !== undefined) {
          await asking;
        }
        const writing = arrival.add(piece);
        if (writing !== undefined) {
          await writing;
        }
      }
      const { content, size, blocks, dataSetOffset: offset, sha256, head } = await arrival.end();
      const object: ReceivedObject = { content, size, dataSetOffset: offset, sha256 };
      this.#blocks.set(object, blocks);
      return { object, head };
    } catch (error) {
      await arrival.undo();
      throw error;
    } finally {
      room.giveBack();
    }
  }

  async open({ content, size }: ReceivedObject): Promise<ByteSource & AsyncDisposable> {
    try {
      return await openContent(this.#shared.disk, content, size);
    } catch (error) {
      throw diskError(error, 'the received object could not be opened');
    }
  }

  async release(object: ReceivedObject, after: 'use' | 'failure' = 'use'): Promise<void> {
    this.#shared.blocks.giveBack(this.#blocks.get(object) ?? [], after === 'use');
    this.#blocks.delete(object);
    if ('path' in object.content) {
      // What cannot be removed now is removed when the next run opens the folder.
      await this.#shared.disk.remove(object.content.path).catch(() => undefined);
    }
  }

  async rewrite(object: ReceivedObject, before: Uint8Array): Promise<Received> {
    await using source = await this.open(object);
    return await this.receive(dataSetOf(source, object), { before });
  }

  async hasRoom(urgency: 'bulk' | 'emergency' = 'emergency'): Promise<boolean> {
    const room = urgency === 'bulk' ? this.#space.hasRoomForBulk() : this.#space.hasRoom();
    return await room.catch(() => false);
  }
}

async function* dataSetOf(
  source: ByteSource,
  { content, size, dataSetOffset }: ReceivedObject,
): AsyncGenerator<Uint8Array, void> {
  if ('pieces' in content) {
    yield await source.read(dataSetOffset, size - dataSetOffset);
    return;
  }
  for (let at = dataSetOffset; at < size; at += READ_BYTES) {
    yield await source.read(at, READ_BYTES).catch((error: unknown) => {
      throw diskError(error, 'the received object could not be read');
    });
  }
}

/** The room one object takes: asked for again after each slice, for nobody says beforehand how long an object is. */
class Room {
  readonly #space: FreeSpace;
  readonly #slice: number;
  /** Bytes written in the slice; undefined while none is held. */
  #written: number | undefined;

  constructor(space: FreeSpace, slice: number) {
    this.#space = space;
    this.#slice = slice;
  }

  /** @throws DiskError `full`, `failed` */
  async take(): Promise<void> {
    const room = await this.#space.take().catch((error: unknown) => {
      throw diskError(error, 'the free space of the disk could not be asked for');
    });
    if (!room) {
      throw new DiskError('full', 'the disk is nearly full; what is left is kept for the databases: free some space');
    }
    this.#written = 0;
  }

  /** Undefined while the slice has room. @throws DiskError `full`, `failed` */
  use(bytes: number): Promise<void> | undefined {
    if (this.#written !== undefined && this.#written < this.#slice) {
      this.#written += bytes;
      return undefined;
    }
    return this.#renew(bytes);
  }

  giveBack(): void {
    if (this.#written !== undefined) {
      this.#space.giveBack(this.#written);
      this.#written = undefined;
    }
  }

  async #renew(bytes: number): Promise<void> {
    this.giveBack();
    await this.take();
    this.#written = bytes;
  }
}
