import { randomBytes } from 'node:crypto';
import { dirname, join, resolve } from 'node:path';
import type { ByteRange } from '@filmless/dicom';
import { ALIGNMENT, type Disk, FolderSync, lengthOf, NODE_DISK, type OpenFile, type PlannedWrite } from '@filmless/disk';
import type { Envelope } from '../core/envelope.ts';
import { ArchiveError } from '../core/errors.ts';
import { encodeFooter } from '../core/footer.ts';
import type { DerivedKind, FoundObject, NewObject, ObjectStore } from '../core/object-store.ts';
import { CacheFiller } from './cache-filler.ts';
import { readFile, readThrough, streamFile } from './file-reader.ts';
import { FileStock, type StockedFile } from './file-stock.ts';
import { FileStoreParts } from './file-store-parts.ts';
import { DERIVED_KINDS, footerIn, keysIn, look, OBJECT, partNames, TEMPORARY, tidy } from './file-store-walk.ts';
import { OpenFiles } from './open-files.ts';
import { fillSynced, placeFile, placePieces } from './place-object.ts';
import { errorCode, storeError } from './store-error.ts';

/** Below this a problem is reported before stores are refused. */
const LOW_BYTES = 1024 ** 3;
/** Objects whose length is remembered, so that a read need not look for the footer first; some 150 bytes each. */
const MAX_KNOWN_SIZES = 10_000;
const KEY = /^r[0-9a-z]{8,32}\/\d{4,}\/[0-9a-f]{32}\.(?:dcm|inflated|progressive)$/;
/** Folders of versions before 0.2, which kept an envelope beside each object. */
const EARLIER_LAYOUT = /^[0-9a-f]{2}$/;

export interface FileStoreOptions {
  /** Objects of one folder; tests have fewer. */
  readonly objectsInPart?: number;
  /** Brings what was put into the page cache while nothing is being put. */
  readonly fillCache?: boolean;
}

/** Objects as files in a folder: one file an instance, the object as sent with its footer behind it. */
export class FileStore implements ObjectStore {
  readonly #disk: Disk;
  readonly #root: string;
  readonly #sync: FolderSync;
  readonly #parts: FileStoreParts;
  readonly #stock: FileStock;
  readonly #sizes = new Map<string, number>();
  readonly #filler: CacheFiller | undefined;
  readonly #open = new OpenFiles();

  private constructor(disk: Disk, root: string, options: FileStoreOptions) {
    this.#disk = disk;
    this.#root = root;
    this.#sync = new FolderSync((path) => disk.syncFolder(path));
    this.#parts = new FileStoreParts(disk, root, this.#sync, options.objectsInPart);
    this.#stock = new FileStock(disk, root, this.#parts, this.#sync);
    this.#filler =
      options.fillCache === true
        ? new CacheFiller((key, goesOn) => this.#withFile(key, (file) => readThrough(file, goesOn)))
        : undefined;
  }

  /** @throws ArchiveError `store-full`, `store-away` */
  static async open(folder: string, disk: Disk = NODE_DISK, options: FileStoreOptions = {}): Promise<FileStore> {
    const root = resolve(folder);
    try {
      const store = new FileStore(disk, root, options);
      const first = await disk.makeFolder(root);
      await refuseEarlierLayout(disk, root);
      for (let made = root; first !== undefined && made.length >= first.length; made = dirname(made)) {
        await store.#sync.sync(dirname(made));
      }
      return store;
    } catch (error) {
      throw storeError(error, 'the folder of the images cannot be used');
    }
  }

  async put(object: NewObject): Promise<string> {
    try {
      const placing = this.#place(object);
      const key = await (this.#filler === undefined ? placing : this.#filler.during(placing));
      this.#know(key, object.envelope.size);
      return key;
    } catch (error) {
      throw storeError(error, 'the object could not be written');
    }
  }

  putWith<T>(object: NewObject, commit: (objectKey: string, write: PlannedWrite) => Promise<T>): Promise<T> | undefined {
    const stocked = 'pieces' in object.content ? this.#stock.take() : undefined;
    return stocked === undefined ? undefined : this.#putInto(stocked, object, commit);
  }

  settled(objectKey: string): void {
    this.#parts.settle(objectKey);
  }

  derivedKey(objectKey: string, kind: DerivedKind = 'inflated'): string {
    return `${objectKey.slice(0, -OBJECT.length)}.${kind}`;
  }

  async deleteDerived(objectKey: string, kind: DerivedKind): Promise<void> {
    const key = this.derivedKey(objectKey, kind);
    try {
      await this.#open.forget(key);
      await this.#disk.remove(this.#path(key));
    } catch (error) {
      throw storeError(error, `object ${key} could not be removed`);
    }
  }

  async putDerived(objectKey: string, bytes: Uint8Array, kind: DerivedKind = 'inflated'): Promise<string> {
    const key = this.derivedKey(objectKey, kind);
    const path = this.#path(key);
    const temporary = `${path}.${randomBytes(4).toString('hex')}${TEMPORARY}`;
    try {
      await placePieces(this.#disk, temporary, [bytes]);
      await this.#disk.rename(temporary, path);
      await this.#sync.sync(dirname(path));
      return key;
    } catch (error) {
      await this.#disk.remove(temporary).catch(() => undefined);
      throw storeError(error, 'the derivative of an object could not be written');
    }
  }

  async read(key: string, range?: ByteRange, signal?: AbortSignal, known?: number): Promise<ReadableStream<Uint8Array>> {
    const size = known ?? this.#sizes.get(key);
    const file = await this.#openToRead(key, size);
    const failure = (error: unknown) => storeError(error, `object ${key} could not be read`);
    try {
      const length = size ?? (await this.#sizeIn(file, key));
      return streamFile(file, { range: within(range ?? { offset: 0, length }, length), signal, failure });
    } catch (error) {
      await file.close();
      throw failure(error);
    }
  }

  async readBytes(key: string, range: ByteRange, signal?: AbortSignal, known?: number): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const size = known ?? this.#sizes.get(key);
    const file = await this.#openToRead(key, size);
    try {
      return await readFile(file, within(range, size ?? (await this.#sizeIn(file, key))));
    } catch (error) {
      throw storeError(error, `object ${key} could not be read`);
    } finally {
      await file.close();
    }
  }

  async size(key: string): Promise<number | undefined> {
    try {
      return await this.#withFile(key, (file) => this.#sizeIn(file, key));
    } catch (error) {
      if (error instanceof ArchiveError && error.code === 'not-found') {
        return undefined;
      }
      throw storeError(error, `object ${key} could not be looked at`);
    }
  }

  async envelope(objectKey: string): Promise<Envelope> {
    try {
      return await this.#withFile(objectKey, (file) => envelopeIn(file, objectKey));
    } catch (error) {
      throw storeError(error, `object ${objectKey} could not be read`);
    }
  }

  async delete(objectKey: string): Promise<void> {
    const path = this.#path(objectKey);
    this.#sizes.delete(objectKey);
    try {
      await this.#open.forget(objectKey);
      await this.#disk.remove(path);
      for (const kind of DERIVED_KINDS) {
        await this.#disk.remove(this.#path(this.derivedKey(objectKey, kind)));
      }
      if (!this.#parts.isLookedAt(objectKey)) {
        // NOTE: where no start looks again, a power cut must not bring it back.
        await this.#sync.sync(dirname(path)).catch(unlessMissing);
      }
      this.#parts.settle(objectKey);
    } catch (error) {
      throw storeError(error, `object ${objectKey} could not be removed`);
    }
  }

  async *objects(): AsyncIterable<FoundObject> {
    try {
      for await (const part of partNames(this.#disk, this.#root)) {
        yield* this.#objectsIn(part);
      }
    } catch (error) {
      throw storeError(error, 'the objects could not be listed');
    }
  }

  async *unsettled(): AsyncIterable<FoundObject> {
    try {
      for await (const name of partNames(this.#disk, this.#root)) {
        if (this.#parts.isOwn(name) || (await this.#parts.isSettled(name))) {
          continue;
        }
        await tidy(this.#disk, this.#root, name);
        const keys = await keysIn(this.#disk, this.#root, name);
        const part = this.#parts.adopt(name, keys);
        yield* look(this.#disk, this.#root, keys, false);
        part.complete();
      }
    } catch (error) {
      throw storeError(error, 'the objects of earlier runs could not be looked at');
    }
  }

  async problem(): Promise<string | undefined> {
    try {
      return (await this.#disk.freeBytes(this.#root)) < LOW_BYTES
        ? 'the disk of the images has less than 1 GiB left: free some space or add a disk'
        : undefined;
    } catch (error) {
      return `the folder of the images cannot be used (${errorCode(error) ?? 'unknown error'}): check that it is mounted and may be written`;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#filler?.[Symbol.asyncDispose]();
    await this.#open[Symbol.asyncDispose]();
    await this.#stock.close();
    await this.#parts.close();
  }

  async *#objectsIn(part: string): AsyncGenerator<FoundObject, void> {
    const isOwn = this.#parts.isOwn(part);
    const isSettled = !isOwn && (await this.#parts.isSettled(part));
    // NOTE: what was under way at a power cut may have its footer and not its bytes; what is settled had both.
    const closely = !isOwn && !isSettled;
    for await (const found of look(this.#disk, this.#root, await keysIn(this.#disk, this.#root, part), closely)) {
      if (!('broken' in found) || found.broken !== 'empty') {
        yield found;
      } else if (isSettled) {
        // NOTE: of what was made ahead nothing is left there.
        yield { ...found, broken: 'torn', reason: 'its bytes are gone' };
      }
    }
  }

  #path(key: string): string {
    if (!KEY.test(key)) {
      throw new ArchiveError('invalid-request', `not a key of this store: ${JSON.stringify(key)}`);
    }
    return join(this.#root, key);
  }

  async #putInto<T>(
    { key, file }: StockedFile,
    { content, envelope }: NewObject,
    commit: (objectKey: string, write: PlannedWrite) => Promise<T>,
  ): Promise<T> {
    const pieces = 'pieces' in content ? content.pieces : [];
    try {
      checkLength(pieces, envelope.size);
      const footer = encodeFooter(key, [{ offset: 0, envelope }], ALIGNMENT);
      const committing = commit(key, file.plan([...pieces, footer]));
      await this.#filler?.during(committing.then(() => key));
      const result = await committing;
      this.#know(key, envelope.size);
      return result;
    } finally {
      void file.close().catch(() => undefined);
    }
  }

  /** Under its permanent name at once: until it is settled, a file without its footer is known to be torn. */
  async #place(object: NewObject): Promise<string> {
    if ('pieces' in object.content) {
      checkLength(object.content.pieces, object.envelope.size);
    }
    const { key, folder } = await this.#parts.take();
    try {
      await this.#write(key, folder, object);
      return key;
    } catch (error) {
      // NOTE: what cannot be removed now stays unsettled, and the next start removes it.
      await this.delete(key).catch(() => undefined);
      throw error;
    }
  }

  async #write(key: string, folder: string, { content, envelope }: NewObject): Promise<void> {
    const path = this.#path(key);
    const footer = encodeFooter(key, [{ offset: 0, envelope }], ALIGNMENT);
    if ('pieces' in content) {
      await fillSynced(await this.#disk.create(path), [...content.pieces, footer], () => this.#sync.sync(folder));
    } else {
      await placeFile(this.#disk, content.path, path, envelope.size, footer);
      await this.#sync.sync(folder);
    }
  }

  async #withFile<T>(key: string, work: (file: OpenFile) => Promise<T>): Promise<T> {
    const file = await this.#openAnew(key);
    try {
      return await work(file);
    } finally {
      await file.close();
    }
  }

  /** What is known to be of a size stays open for a while; of what is not, the file's own length is needed. */
  #openToRead(key: string, size: number | undefined): Promise<OpenFile> {
    return size === undefined ? this.#openAnew(key) : this.#open.read(key, () => this.#openAnew(key, size));
  }

  async #openAnew(key: string, size?: number): Promise<OpenFile> {
    try {
      return await this.#disk.open(this.#path(key), size);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') {
        throw new ArchiveError('not-found', `object ${key} is missing from the store`, { cause: error });
      }
      throw storeError(error, `object ${key} could not be opened`);
    }
  }

  /** Bytes of what a key names, without the footer. */
  async #sizeIn(file: OpenFile, key: string): Promise<number> {
    if (!key.endsWith(OBJECT)) {
      return file.size;
    }
    const known = this.#sizes.get(key);
    if (known !== undefined) {
      return known;
    }
    const { size } = await envelopeIn(file, key);
    this.#know(key, size);
    return size;
  }

  #know(key: string, size: number): void {
    if (this.#sizes.size >= MAX_KNOWN_SIZES) {
      this.#sizes.clear();
    }
    this.#sizes.set(key, size);
  }
}

/** @throws ArchiveError `store-away` */
async function refuseEarlierLayout(disk: Disk, root: string): Promise<void> {
  if ((await disk.list(root)).some(({ name, kind }) => kind === 'folder' && EARLIER_LAYOUT.test(name))) {
    throw new ArchiveError(
      'store-away',
      'the folder of the images has the layout of an early version, which this version does not read: name another folder, and send the images anew',
    );
  }
}

/** @throws ArchiveError `store-away` */
async function envelopeIn(file: OpenFile, key: string): Promise<Envelope> {
  const footer = await footerIn(file, key);
  const [member] = 'broken' in footer ? [] : footer.members;
  if (member === undefined) {
    throw new ArchiveError(
      'store-away',
      `object ${key} cannot be used: ${'broken' in footer ? footer.reason : 'it has no envelope'}`,
    );
  }
  return member.envelope;
}

function checkLength(pieces: readonly Uint8Array[], size: number): void {
  const length = lengthOf(pieces);
  if (length !== size) {
    throw new ArchiveError('store-away', `the object has ${length} bytes in memory, and ${size} were received`);
  }
}

function within({ offset, length }: ByteRange, size: number): ByteRange {
  return { offset, length: Math.max(0, Math.min(length, size - offset)) };
}

function unlessMissing(error: unknown): void {
  if (errorCode(error) !== 'ENOENT') {
    throw error;
  }
}
