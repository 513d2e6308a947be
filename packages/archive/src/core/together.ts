import { readJoined } from './joined-read.ts';
import type { ReadPart, StoredInstance } from './model.ts';
import type { JoinedObjects } from './object-store.ts';

/** Instances that one request to the store gives: as many as a pack has, and so many bytes. */
const MOST_INSTANCES = 256;
const MOST_BYTES = 64 * 1024 * 1024;

type Read = (instance: StoredInstance, part: ReadPart, signal?: AbortSignal) => Promise<ReadableStream<Uint8Array>>;

/** An instance, and what reads it: its file once with its neighbours, anything else alone. */
export interface InstanceReading {
  readonly instance: StoredInstance;
  readonly read: Read;
  /** Whether its file comes once the one before has ended: who opens several ahead must not wait for it. */
  readonly isBehind: boolean;
}

/**
 * Instances in their order, those that lie one behind the other in the store read by one request. Whoever is given one that `isWhole` says
 * is read whole, must read its file or cancel it: those behind it wait.
 */
export async function* together(
  instances: AsyncIterable<StoredInstance>,
  isWhole: (instance: StoredInstance) => boolean,
  read: Read,
  objects: JoinedObjects | undefined,
): AsyncGenerator<InstanceReading, void> {
  let run: StoredInstance[] = [];
  let bytes = 0;
  for await (const instance of instances) {
    const last = run.at(-1);
    const joins =
      last !== undefined &&
      run.length < MOST_INSTANCES &&
      bytes + instance.size <= MOST_BYTES &&
      isWhole(last) &&
      isWhole(instance) &&
      objects?.follows(last.objectKey, instance.objectKey) === true;
    if (!joins) {
      yield* readingsOf(run, read, objects);
      run = [];
      bytes = 0;
    }
    run.push(instance);
    bytes += instance.size;
    if (objects === undefined) {
      yield* readingsOf(run, read, objects);
      run = [];
    }
  }
  yield* readingsOf(run, read, objects);
}

function readingsOf(run: readonly StoredInstance[], read: Read, objects: JoinedObjects | undefined): readonly InstanceReading[] {
  const [first] = run;
  const last = run.at(-1);
  if (first === undefined || last === undefined || run.length === 1 || objects === undefined) {
    return run.map((instance) => ({ instance, read, isBehind: false }));
  }
  const parts = run.map((instance) => ({ size: instance.size, alone: () => read(instance, { of: 'file' }) }));
  const streams: (ReadableStream<Uint8Array> | undefined)[] = [
    ...readJoined(parts, () => objects.read(first.objectKey, last.objectKey)),
  ];
  return run.map((instance, index) => ({
    instance,
    isBehind: index > 0,
    read: async (asked, part, signal) => {
      const stream = streams[index];
      if (stream === undefined || part.of !== 'file') {
        return await read(asked, part, signal);
      }
      streams[index] = undefined;
      return stream;
    },
  }));
}
