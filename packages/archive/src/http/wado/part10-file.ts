import { writeFileMeta } from '@filmless/dicom';
import type { ArchiveCore } from '../../core/archive-core.ts';
import type { StoredInstance } from '../../core/model.ts';

/** Preamble and prefix. PS3.10 7.1. */
const HEAD_BYTES = 132;
const PREFIX = [0x44, 0x49, 0x43, 0x4d];

/**
 * The file of an instance as it is kept. What came without preamble or file meta information gets them here, since what is
 * retrieved must be a Part 10 file; its data set stays as it is, byte for byte. PS3.10 7.1, PS3.18 8.7.3.
 */
export async function readPart10File(
  core: Pick<ArchiveCore, 'read'>,
  instance: StoredInstance,
): Promise<ReadableStream<Uint8Array>> {
  const reader = (await core.read(instance, { of: 'file' })).getReader();
  const head: Uint8Array[] = [];
  for (let length = 0; length < HEAD_BYTES; ) {
    const { value } = await reader.read();
    if (value === undefined) {
      break;
    }
    head.push(value);
    length += value.length;
  }
  if (hasPrefix(head)) {
    return continued(head, reader);
  }
  await reader.cancel();
  return ReadableStream.from(completed(core, instance));
}

function hasPrefix(head: readonly Uint8Array[]): boolean {
  const bytes = head[0] !== undefined && head[0].length >= HEAD_BYTES ? head[0] : Buffer.concat(head);
  return PREFIX.every((letter, index) => bytes[HEAD_BYTES - PREFIX.length + index] === letter);
}

/** The chunks read already and the rest; whoever cancels it, at any time, lets go of the object. */
function continued(head: readonly Uint8Array[], reader: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
  const waiting = head.toReversed();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const value = waiting.pop() ?? (await reader.read()).value;
        if (value === undefined) {
          controller.close();
        } else {
          controller.enqueue(value);
        }
      },
      cancel: () => reader.cancel(),
    },
    { highWaterMark: 0 },
  );
}

async function* completed(core: Pick<ArchiveCore, 'read'>, instance: StoredInstance): AsyncGenerator<Uint8Array, void, void> {
  yield writeFileMeta({
    mediaStorageSopClassUid: instance.sopClassUid,
    mediaStorageSopInstanceUid: instance.sopInstanceUid,
    transferSyntaxUid: instance.transferSyntaxUid,
  });
  const offset = instance.dataSetOffset;
  yield* await core.read(instance, { of: 'file', range: { offset, length: instance.size - offset } });
}
