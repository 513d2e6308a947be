import type { ByteRange } from '@filmless/dicom';
import type { Dependencies } from './dependencies.ts';
import { ArchiveError } from './errors.ts';
import type { ReadPart, StoredInstance } from './model.ts';
import { cutOut, joined } from './ranges.ts';
import { type InstanceReading, together } from './together.ts';

/** The bytes of instances that are kept: of the file as it was sent, and of what frames and values count in. */
export class InstanceBytes {
  readonly #objects: Dependencies['objects'];
  readonly #limits: Pick<Dependencies['limits'], 'maxFrameBytes'>;

  constructor({ objects, limits }: Pick<Dependencies, 'objects' | 'limits'>) {
    this.#objects = objects;
    this.#limits = limits;
  }

  async read(instance: StoredInstance, part: ReadPart, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const key = part.of === 'file' ? instance.objectKey : contentKey(instance);
    return await this.#objects.read(key, part.range, signal, sizeOf(instance, key));
  }

  together(
    instances: AsyncIterable<StoredInstance>,
    isWhole: (instance: StoredInstance) => boolean,
  ): AsyncIterable<InstanceReading> {
    const read: InstanceReading['read'] = (instance, part, signal) => this.read(instance, part, signal);
    return together(instances, isWhole, read, this.#objects.joined);
  }

  /** Several ranges as one piece of memory. @throws ArchiveError `limit-exceeded` */
  async readRanges(instance: StoredInstance, ranges: readonly ByteRange[], signal?: AbortSignal): Promise<Uint8Array> {
    const { maxFrameBytes } = this.#limits;
    const total = ranges.reduce((sum, { length }) => sum + length, 0);
    if (total > maxFrameBytes) {
      throw new ArchiveError(
        'limit-exceeded',
        `${total} bytes of one instance were asked for at once, at most ${maxFrameBytes} are joined`,
      );
    }
    const key = contentKey(instance);
    const parts: Uint8Array[] = [];
    for (const range of joined(ranges)) {
      parts.push(await this.#objects.readBytes(key, range, signal, sizeOf(instance, key)));
    }
    const [only] = parts;
    return only !== undefined && parts.length === 1 ? cutOut(only, ranges) : Buffer.concat(parts);
  }
}

/** Where the bytes lie that frames and bulk values count in. */
function contentKey(instance: StoredInstance): string {
  return instance.inflatedKey ?? instance.objectKey;
}

/** Known of the object as it was sent alone. */
function sizeOf(instance: StoredInstance, key: string): number | undefined {
  return key === instance.objectKey ? instance.size : undefined;
}
