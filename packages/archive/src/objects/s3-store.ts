import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import type { ByteRange } from '@filmless/dicom';
import { type BucketItem, Client } from 'minio';
import { ArchiveError } from '../core/errors.ts';
import type { NewObject, ObjectStore } from '../core/object-store.ts';
import { idleAgent } from './idle-agent.ts';
import { errorCode, storeError } from './store-error.ts';

export interface S3Options {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly bucket: string;
  /** Requests are signed for it. */
  readonly region: string;
  /** A server that sends no byte for so many milliseconds is away. */
  readonly answerMs: number;
}

/** Larger objects go up in parts of this size, one in memory at a time: S3's smallest is 5 MiB. */
const PART_BYTES = 8 * 1024 * 1024;
const MISSING: ReadonlySet<string> = new Set(['NoSuchKey', 'NotFound']);

/** Objects in a bucket of MinIO, Ceph RGW or any other S3. */
export class S3Store implements ObjectStore {
  readonly #client: Client;
  readonly #agent: ReturnType<typeof idleAgent>;
  readonly #bucket: string;

  private constructor(options: S3Options) {
    this.#bucket = options.bucket;
    this.#agent = idleAgent(options.tls, options.answerMs);
    this.#client = new Client({
      endPoint: options.host,
      port: options.port,
      useSSL: options.tls,
      accessKey: options.accessKey,
      secretKey: options.secretKey,
      region: options.region,
      partSize: PART_BYTES,
      transportAgent: this.#agent,
    });
  }

  /** Makes the bucket when it is not there yet. @throws ArchiveError `store-away` */
  static async open(options: S3Options): Promise<S3Store> {
    const store = new S3Store(options);
    try {
      if (!(await store.#client.bucketExists(options.bucket))) {
        await store.#client.makeBucket(options.bucket, options.region);
      }
      return store;
    } catch (error) {
      await store[Symbol.asyncDispose]();
      throw storeError(error, `bucket ${options.bucket} at ${options.host}:${options.port} cannot be used`);
    }
  }

  async put(objects: readonly NewObject[]): Promise<void> {
    const outcomes = await Promise.allSettled(objects.map((object) => this.#put(object)));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) {
      await Promise.allSettled(objects.map(({ key }) => this.delete(key)));
      throw storeError(failed.reason, 'the object could not be sent to the store');
    }
  }

  async read(key: string, range?: ByteRange, signal?: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const whole = await this.#get(key, range, signal);
    return Readable.toWeb(whole, { strategy: { highWaterMark: 1 } }) as ReadableStream<Uint8Array>;
  }

  async readBytes(key: string, range: ByteRange, signal?: AbortSignal): Promise<Uint8Array> {
    if (range.length === 0) {
      return new Uint8Array();
    }
    const chunks: Uint8Array[] = [];
    try {
      for await (const chunk of await this.#get(key, range, signal)) {
        chunks.push(chunk);
      }
    } catch (error) {
      throw isBeyondEnd(error)
        ? new ArchiveError('not-found', `object ${key} ends before`)
        : storeError(error, `object ${key} could not be read`);
    }
    return Buffer.concat(chunks);
  }

  async size(key: string): Promise<number | undefined> {
    try {
      return (await this.#client.statObject(this.#bucket, key)).size;
    } catch (error) {
      if (isMissing(error)) {
        return undefined;
      }
      throw storeError(error, `object ${key} could not be looked at`);
    }
  }

  async delete(key: string): Promise<void> {
    try {
      await this.#client.removeObject(this.#bucket, key);
    } catch (error) {
      if (!isMissing(error)) {
        throw storeError(error, `object ${key} could not be removed`);
      }
    }
  }

  async *list(suffix: string): AsyncIterable<string> {
    try {
      const items: AsyncIterable<BucketItem> = this.#client.listObjectsV2(this.#bucket, '', true);
      for await (const item of items) {
        if (item.name?.endsWith(suffix) === true) {
          yield item.name;
        }
      }
    } catch (error) {
      throw storeError(error, 'the objects could not be listed');
    }
  }

  async problem(): Promise<string | undefined> {
    try {
      return (await this.#client.bucketExists(this.#bucket))
        ? undefined
        : 'the bucket of the images is gone from the object store: make it again';
    } catch (error) {
      return `the object store does not answer (${errorCode(error) ?? 'no connection'}): check that it runs and that its key is right`;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy();
    return Promise.resolve();
  }

  async #put(object: NewObject): Promise<void> {
    if ('bytes' in object) {
      await this.#client.putObject(this.#bucket, object.key, Buffer.from(object.bytes), object.bytes.byteLength);
      return;
    }
    const file = createReadStream(object.file);
    // NOTE: the client pipes the file without watching it, so that a read error would be waited for without end.
    const broken = new Promise<never>((_, reject) => {
      file.once('error', reject);
    });
    try {
      await Promise.race([this.#client.putObject(this.#bucket, object.key, file, object.size), broken]);
    } finally {
      file.destroy();
    }
  }

  async #get(key: string, range: ByteRange | undefined, signal: AbortSignal | undefined): Promise<Readable> {
    signal?.throwIfAborted();
    try {
      // A length of 0 would mean "to the end".
      const empty = range?.length === 0;
      const stream = empty
        ? Readable.from([])
        : await this.#client.getPartialObject(this.#bucket, key, range?.offset ?? 0, range?.length ?? 0);
      signal?.addEventListener('abort', () => stream.destroy(), { once: true });
      return stream;
    } catch (error) {
      if (isMissing(error)) {
        throw new ArchiveError('not-found', `object ${key} is missing from the store`, { cause: error });
      }
      if (isBeyondEnd(error)) {
        return Readable.from([]);
      }
      throw storeError(error, `object ${key} could not be read`);
    }
  }
}

function isMissing(error: unknown): boolean {
  return MISSING.has(errorCode(error) ?? '');
}

function isBeyondEnd(error: unknown): boolean {
  return errorCode(error) === 'InvalidRange';
}
