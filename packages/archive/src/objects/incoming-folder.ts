import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type ByteSource, DicomError, readFileMeta } from '@filmless/dicom';
import { ArchiveError } from '../core/errors.ts';
import type { Incoming, Leftover } from '../core/incoming.ts';
import type { ArchiveLimits } from '../core/limits.ts';
import type { ReceivedFile } from '../core/received-file.ts';
import { DirectorySync } from './directory-sync.ts';
import { FreeSpace } from './free-space.ts';
import { storeError } from './store-error.ts';

const CLAIMED = '.claimed';
/** File meta information lies within this; what has more of it is not hashed apart and is refused as broken later. */
const META_BYTES = 64 * 1024;

/** The received files of a data directory. */
export class IncomingFolder implements Incoming {
  readonly dir: string;
  readonly #sync = new DirectorySync();
  readonly #space: FreeSpace;

  private constructor(dir: string, space: FreeSpace) {
    this.dir = dir;
    this.#space = space;
  }

  static async open(
    dir: string,
    limits: Pick<ArchiveLimits, 'freeBytes' | 'freeCheckBytes'>,
    free: (dir: string) => Promise<number> = freeBytes,
  ): Promise<IncomingFolder> {
    await mkdir(dir, { recursive: true });
    const space = { reserve: limits.freeBytes, checkEvery: limits.freeCheckBytes, free: () => free(dir) };
    return new IncomingFolder(dir, new FreeSpace(space));
  }

  async receive(body: ReadableStream<Uint8Array>, maxBytes: number, signal?: AbortSignal): Promise<ReceivedFile> {
    const path = join(this.dir, `${randomUUID()}.part`);
    try {
      await this.#space.look();
      await using file = await open(path, 'wx', 0o640);
      const written = await write(body, file, { maxBytes, space: this.#space, signal });
      await file.datasync();
      await this.#sync.sync(this.dir);
      return { path, ...written };
    } catch (error) {
      await rm(path, { force: true });
      throw isOfDisk(error) ? storeError(error, 'the received object could not be written') : error;
    }
  }

  async open(path: string): Promise<ByteSource & AsyncDisposable> {
    const file = await open(path, 'r').catch((error: unknown) => {
      throw storeError(error, 'the received file could not be opened');
    });
    const { size } = await file.stat();
    return {
      size,
      read: async (offset, length) => {
        const bytes = Buffer.allocUnsafeSlow(Math.max(0, Math.min(length, size - offset)));
        const { bytesRead } = await file.read(bytes, 0, bytes.length, offset);
        return bytes.subarray(0, bytesRead);
      },
      [Symbol.asyncDispose]: () => file.close(),
    };
  }

  async claim(path: string, objectKey: string): Promise<string> {
    const claimed = join(this.dir, objectKey.replaceAll('/', '_') + CLAIMED);
    try {
      await rename(path, claimed);
      return claimed;
    } catch (error) {
      throw storeError(error, 'the received file could not be taken over');
    }
  }

  async remove(path: string): Promise<void> {
    await rm(path, { force: true });
  }

  async leftovers(): Promise<readonly Leftover[]> {
    const entries = await readdir(this.dir, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map(({ name }) => ({
        path: join(this.dir, name),
        objectKey: name.endsWith(CLAIMED) ? name.slice(0, -CLAIMED.length).replaceAll('_', '/') : undefined,
      }));
  }
}

/** Writes as the body comes, and hashes from where the data set begins. */
async function write(
  body: ReadableStream<Uint8Array>,
  file: FileHandle,
  { maxBytes, space, signal }: { readonly maxBytes: number; readonly space: FreeSpace; readonly signal: AbortSignal | undefined },
): Promise<Omit<ReceivedFile, 'path'>> {
  const hash = createHash('sha256');
  let head: Uint8Array | undefined = new Uint8Array();
  let dataSetOffset = 0;
  let size = 0;
  const begin = (bytes: Uint8Array) => {
    dataSetOffset = offsetOf(bytes);
    hash.update(bytes.subarray(dataSetOffset));
    head = undefined;
  };
  for await (const chunk of body) {
    signal?.throwIfAborted();
    size += chunk.byteLength;
    if (size > maxBytes) {
      throw new ArchiveError('limit-exceeded', `the object has more than ${maxBytes} bytes, the most this archive takes`);
    }
    await space.take(chunk.byteLength);
    await file.writeFile(chunk);
    if (head === undefined) {
      hash.update(chunk);
    } else {
      head = Buffer.concat([head, chunk]);
      if (head.byteLength >= META_BYTES) {
        begin(head);
      }
    }
  }
  if (head !== undefined) {
    begin(head);
  }
  return { size, dataSetOffset, sha256: hash.digest('hex') };
}

async function freeBytes(dir: string): Promise<number> {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
}

/** An error of the disk, not of the body that ended early. */
function isOfDisk(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** What is no DICOM is kept whole for now: `store` says what is wrong with it. */
function offsetOf(bytes: Uint8Array): number {
  try {
    return readFileMeta(bytes).dataSetOffset;
  } catch (error) {
    if (error instanceof DicomError) {
      return 0;
    }
    throw error;
  }
}
