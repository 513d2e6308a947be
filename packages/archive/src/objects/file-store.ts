import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, copyFile, link, mkdir, open, opendir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import type { ByteRange } from '@filmless/dicom';
import { ArchiveError } from '../core/errors.ts';
import type { NewObject, ObjectStore } from '../core/object-store.ts';
import { DirectorySync } from './directory-sync.ts';
import { errorCode, storeError } from './store-error.ts';

/** Bytes a stream reads at a time. */
const CHUNK = 256 * 1024;
/** Folders known to exist and to be on disk, so that an instance of a series that goes on needs no mkdir. */
const KNOWN_FOLDERS = 10_000;
/** Below this a problem is reported before stores are refused. */
const LOW_BYTES = 1024 ** 3;
const TEMPORARY = '.tmp';

/** Errors of `link` that mean "not here": another disk, or a file system without hard links. */
const CANNOT_LINK: ReadonlySet<string> = new Set(['EXDEV', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EACCES']);

/** Objects as files in a folder. */
export class FileStore implements ObjectStore {
  readonly #root: string;
  readonly #sync = new DirectorySync();
  readonly #folders = new Map<string, Promise<void>>();

  private constructor(root: string) {
    this.#root = root;
  }

  static async open(folder: string): Promise<FileStore> {
    const root = resolve(folder);
    const first = await mkdir(root, { recursive: true });
    const store = new FileStore(root);
    for (let made = root; first !== undefined && made.length >= first.length; made = dirname(made)) {
      await store.#sync.sync(dirname(made));
    }
    return store;
  }

  /** Whether files of a folder are taken over by a link; otherwise each is copied, and synced, before it is acknowledged. */
  async linksFrom(folder: string): Promise<boolean> {
    const name = `link-trial-${randomUUID()}`;
    const from = join(folder, `${name}.part`);
    const to = join(this.#root, name + TEMPORARY);
    try {
      await writeFile(from, '');
      await link(from, to);
      return true;
    } catch (error) {
      // A disk that is full or away says nothing about links; `problem` speaks of it.
      return !CANNOT_LINK.has(errorCode(error) ?? '');
    } finally {
      await Promise.all([rm(from, { force: true }), rm(to, { force: true })]);
    }
  }

  async put(objects: readonly NewObject[]): Promise<void> {
    const placed: string[] = [];
    try {
      const folders = new Set(objects.map(({ key }) => dirname(this.#path(key))));
      for (const folder of folders) {
        await this.#makeFolder(folder);
      }
      const outcomes = await Promise.allSettled(
        objects.map(async (object) => {
          await this.#place(object);
          placed.push(object.key);
        }),
      );
      const failed = outcomes.find((outcome) => outcome.status === 'rejected');
      if (failed !== undefined) {
        throw failed.reason;
      }
      await Promise.all([...folders].map((folder) => this.#sync.sync(folder)));
    } catch (error) {
      await Promise.allSettled(placed.map((key) => this.delete(key)));
      throw storeError(error, 'the object could not be written');
    }
  }

  async read(key: string, range?: ByteRange, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const file = await this.#open(key);
    let at = range?.offset ?? 0;
    const end = range === undefined ? Number.POSITIVE_INFINITY : at + range.length;
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          signal?.throwIfAborted();
          const want = Math.min(CHUNK, end - at);
          const { bytesRead, buffer } =
            want > 0 ? await file.read(Buffer.allocUnsafeSlow(want), 0, want, at) : { bytesRead: 0, buffer: Buffer.alloc(0) };
          if (bytesRead === 0) {
            await file.close();
            controller.close();
            return;
          }
          at += bytesRead;
          controller.enqueue(buffer.subarray(0, bytesRead));
        } catch (error) {
          await file.close();
          throw signal?.aborted === true ? error : storeError(error, `object ${key} could not be read`);
        }
      },
      cancel: () => file.close(),
    });
  }

  async readBytes(key: string, range: ByteRange, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const file = await this.#open(key);
    try {
      const { size } = await file.stat();
      const length = Math.max(0, Math.min(range.length, size - range.offset));
      const bytes = Buffer.allocUnsafeSlow(length);
      let done = 0;
      while (done < length) {
        const { bytesRead } = await file.read(bytes, done, length - done, range.offset + done);
        if (bytesRead === 0) {
          break;
        }
        done += bytesRead;
      }
      return bytes.subarray(0, done);
    } catch (error) {
      throw storeError(error, `object ${key} could not be read`);
    } finally {
      await file.close();
    }
  }

  async size(key: string): Promise<number | undefined> {
    try {
      return (await stat(this.#path(key))).size;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') {
        return undefined;
      }
      throw storeError(error, `object ${key} could not be looked at`);
    }
  }

  async delete(key: string): Promise<void> {
    const path = this.#path(key);
    try {
      // A process that was killed while it put the object may have left it under its temporary name.
      await Promise.all([rm(path, { force: true }), rm(path + TEMPORARY, { force: true })]);
    } catch (error) {
      throw storeError(error, `object ${key} could not be removed`);
    }
  }

  async *list(suffix: string): AsyncIterable<string> {
    try {
      for await (const entry of await opendir(this.#root, { recursive: true })) {
        if (entry.isFile() && entry.name.endsWith(suffix)) {
          yield relative(this.#root, join(entry.parentPath, entry.name)).split(sep).join('/');
        }
      }
    } catch (error) {
      throw storeError(error, 'the objects could not be listed');
    }
  }

  async problem(): Promise<string | undefined> {
    try {
      await access(this.#root, constants.R_OK | constants.W_OK);
      const { bavail, bsize } = await statfs(this.#root);
      if (bavail * bsize < LOW_BYTES) {
        return 'the disk of the images has less than 1 GiB left: free some space or add a disk';
      }
      return undefined;
    } catch (error) {
      return `the folder of the images cannot be used (${errorCode(error) ?? 'unknown error'}): check that it is mounted and may be written`;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #path(key: string): string {
    if (!/^[0-9a-f]{2}(?:\/[0-9a-z.-]+)+$/.test(key) || key.includes('..')) {
      throw new ArchiveError('invalid-request', `not a key of this store: ${JSON.stringify(key)}`);
    }
    return join(this.#root, key);
  }

  async #open(key: string): Promise<Awaited<ReturnType<typeof open>>> {
    try {
      return await open(this.#path(key), 'r');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') {
        throw new ArchiveError('not-found', `object ${key} is missing from the store`, { cause: error });
      }
      throw storeError(error, `object ${key} could not be opened`);
    }
  }

  /** Temporary name first, then the permanent one, so that a file under its key is always whole. */
  async #place(object: NewObject): Promise<void> {
    const path = this.#path(object.key);
    if ('file' in object) {
      try {
        await link(object.file, path);
        return;
      } catch (error) {
        if (!CANNOT_LINK.has(errorCode(error) ?? '')) {
          throw error;
        }
      }
    }
    const temporary = path + TEMPORARY;
    try {
      await ('file' in object ? copySynced(object.file, temporary) : writeSynced(object.bytes, temporary));
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** Resolves for everybody who needs the folder once it is on disk, whoever made it. */
  #makeFolder(folder: string): Promise<void> {
    const known = this.#folders.get(folder);
    if (known !== undefined) {
      return known;
    }
    if (this.#folders.size >= KNOWN_FOLDERS) {
      this.#folders.clear();
    }
    const made = this.#makeSynced(folder).catch((error: unknown) => {
      this.#folders.delete(folder);
      throw error;
    });
    this.#folders.set(folder, made);
    return made;
  }

  async #makeSynced(folder: string): Promise<void> {
    const above = dirname(folder);
    if (above !== this.#root) {
      await this.#makeFolder(above);
    }
    await mkdir(folder, { recursive: true });
    // NOTE: a new folder survives a power cut only when the folder that lists it was synced. One that was there already may
    // have been made by a process that was killed before its sync.
    await this.#sync.sync(above);
  }
}

async function writeSynced(bytes: Uint8Array, path: string): Promise<void> {
  await using file = await open(path, 'wx', 0o640);
  await file.writeFile(bytes);
  await file.datasync();
}

async function copySynced(from: string, to: string): Promise<void> {
  await copyFile(from, to, constants.COPYFILE_EXCL);
  await using file = await open(to, 'r+');
  await file.datasync();
}
