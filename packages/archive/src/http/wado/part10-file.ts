import { streamOfPieces, writeFileMeta } from '@filmless/dicom';
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
  const file = await core.read(instance, { of: 'file', range: { offset: 0, length: instance.size } });
  const head = await readHead(file);
  if (hasPrefix(head)) {
    return streamOfPieces([head, file]);
  }
  await file.cancel();
  return streamOfPieces(completed(core, instance));
}

/** The same data set under another transfer syntax, which must allow its bytes. */
export function renamedPart10File(
  core: Pick<ArchiveCore, 'read'>,
  instance: StoredInstance,
  transferSyntaxUid: string,
): ReadableStream<Uint8Array> {
  return streamOfPieces(completed(core, { ...instance, transferSyntaxUid }));
}

/** The first bytes of a stream, 132 at least where it has as many; the stream goes on after them. */
async function readHead(file: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  using reader = headReader(file);
  for (let length = 0; length < HEAD_BYTES; ) {
    const chunk = await reader.read(HEAD_BYTES - length);
    if (chunk === undefined) {
      break;
    }
    chunks.push(chunk);
    length += chunk.length;
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

interface HeadReader extends Disposable {
  /** The next bytes: so many at most where the stream can tell, otherwise its next chunk. */
  read(most: number): Promise<Uint8Array | undefined>;
}

function headReader(file: ReadableStream<Uint8Array>): HeadReader {
  try {
    // Files on disk: no more is read than is looked at, and the rest goes into the buffers of whoever sends it.
    const reader = file.getReader({ mode: 'byob' });
    return {
      read: async (most) => {
        const { done, value } = await reader.read(new Uint8Array(most));
        return done ? undefined : value;
      },
      [Symbol.dispose]: () => reader.releaseLock(),
    };
  } catch {
    const reader = file.getReader();
    return { read: async () => (await reader.read()).value, [Symbol.dispose]: () => reader.releaseLock() };
  }
}

function hasPrefix(head: Uint8Array): boolean {
  return PREFIX.every((letter, index) => head[HEAD_BYTES - PREFIX.length + index] === letter);
}

async function* completed(
  core: Pick<ArchiveCore, 'read'>,
  instance: StoredInstance,
): AsyncGenerator<Uint8Array | ReadableStream<Uint8Array>, void, void> {
  yield writeFileMeta({
    mediaStorageSopClassUid: instance.sopClassUid,
    mediaStorageSopInstanceUid: instance.sopInstanceUid,
    transferSyntaxUid: instance.transferSyntaxUid,
  });
  const offset = instance.dataSetOffset;
  yield await core.read(instance, { of: 'file', range: { offset, length: instance.size - offset } });
}
