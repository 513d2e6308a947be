import { createHash, webcrypto } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { ByteRange } from '@filmless/dicom';
import { type BucketItem, Client } from 'minio';
import { ArchiveError } from '../core/errors.ts';
import { S3Health } from './s3-health.ts';
import { PART_BYTES, putInParts } from './s3-multipart.ts';
import { readOn } from './s3-reading.ts';
import { retried } from './s3-retry.ts';
import { S3Transport } from './s3-transport.ts';
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
}

/** Keys of one answer to a listing: S3 gives no more. */
const PAGE_KEYS = 1000;
/** From here on a hash is made on another thread: it would hold this one up for a millisecond. */
const HASH_APART_BYTES = 1024 * 1024;
const MISSING: ReadonlySet<string> = new Set(['NoSuchKey', 'NotFound']);

export interface S3Entry {
  readonly key: string;
  readonly size: number;
}

/**
 * What the store asks of a bucket. Each request can be made twice: a key never gets other bytes. Those that fail for a moment are
 * made again, a bounded number of times.
 * @throws ArchiveError `store-full`, `store-away`, `not-found` from every method
 */
export class S3Client implements Disposable {
  readonly #client: Client;
  readonly #transport: S3Transport;
  readonly #options: S3Options;
  readonly #health: S3Health;

  private constructor(options: S3Options, answerMs: number) {
    this.#options = options;
    this.#transport = new S3Transport(options.tls, answerMs);
    this.#client = new Client({
      endPoint: options.host,
      port: options.port,
      useSSL: options.tls,
      accessKey: options.accessKey,
      secretKey: options.secretKey,
      region: options.region,
      partSize: PART_BYTES,
      transport: this.#transport,
      transportAgent: this.#transport.agent,
      retryOptions: { disableRetry: true },
    });
    this.#health = new S3Health(() => this.#client.listObjectsV2Query(options.bucket, '', '', '/', 1, ''));
  }

  /** Makes the bucket when it is not there yet. `answerMs`: a server that sends no byte for so long is away. */
  static async open(options: S3Options, answerMs: number): Promise<S3Client> {
    const opened = new S3Client(options, answerMs);
    try {
      if (!(await retried(() => opened.#client.bucketExists(options.bucket)))) {
        await opened.#makeBucket();
      }
      return opened;
    } catch (error) {
      opened[Symbol.dispose]();
      throw storeError(error, `bucket ${options.bucket} at ${options.host}:${options.port} cannot be used`);
    }
  }

  /** Another process may just have made it. */
  async #makeBucket(): Promise<void> {
    const { bucket, region } = this.#options;
    try {
      await this.#client.makeBucket(bucket, region);
    } catch (error) {
      if (!(await retried(() => this.#client.bucketExists(bucket)))) {
        throw error;
      }
    }
  }

  /** While the store is known to be away nothing is begun. @throws ArchiveError `store-away` */
  check(): void {
    this.#health.check();
  }

  /** Sends bytes in one request, whatever their number. */
  async put(key: string, bytes: Buffer): Promise<void> {
    await this.#do('the object could not be sent to the store', async () => {
      // NOTE: over TLS the payload is not signed: nobody on the way can change it.
      const sha256 = this.#options.tls ? '' : await sha256Of(bytes);
      const target = { method: 'PUT', bucketName: this.#options.bucket, objectName: key } as const;
      const headers = { 'content-length': String(bytes.byteLength) };
      await retried(async () => {
        const answer = await this.#client.makeRequestStreamAsync({ ...target, headers }, bytes, sha256, [200], '');
        await finished(answer);
      });
    });
    this.#health.wrote();
  }

  /** Sends what comes from a stream, in parts. */
  async putStream(key: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    await this.#do('the object could not be sent to the store', () =>
      putInParts(this.#client, this.#options.bucket, key, pieces),
    );
    this.#health.wrote();
  }

  /** A range, or what there is of it. */
  async get(key: string, range: ByteRange | undefined, signal: AbortSignal | undefined): Promise<Readable> {
    signal?.throwIfAborted();
    // A length of 0 cannot be asked for.
    if (range?.length === 0) {
      return Readable.from([]);
    }
    try {
      this.#health.check();
      const stream = await readOn((offset, length) => this.#ask(key, offset, length), range?.offset ?? 0, range?.length);
      signal?.addEventListener('abort', () => stream.destroy(), { once: true });
      return stream;
    } catch (error) {
      if (isMissing(error)) {
        throw new ArchiveError('not-found', `object ${key} is missing from the store`, { cause: error });
      }
      if (errorCode(error) === 'InvalidRange') {
        return Readable.from([]);
      }
      this.#health.failed(error);
      throw storeError(error, `object ${key} could not be read`);
    }
  }

  async getBytes(key: string, range: ByteRange, signal?: AbortSignal): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    const stream = await this.get(key, range, signal);
    try {
      for await (const chunk of stream) {
        chunks.push(chunk);
      }
    } catch (error) {
      this.#health.failed(error);
      throw storeError(error, `object ${key} could not be read`);
    }
    return Buffer.concat(chunks);
  }

  async size(key: string): Promise<number | undefined> {
    return await this.#do(`object ${key} could not be looked at`, async () => {
      try {
        return (await retried(() => this.#client.statObject(this.#options.bucket, key))).size;
      } catch (error) {
        if (isMissing(error)) {
          return undefined;
        }
        throw error;
      }
    });
  }

  /** Nothing happens when there is none. */
  async remove(key: string): Promise<void> {
    await this.#do(`object ${key} could not be removed`, async () => {
      try {
        await retried(() => this.#client.removeObject(this.#options.bucket, key));
      } catch (error) {
        if (!isMissing(error)) {
          throw error;
        }
      }
    });
  }

  /** All keys that begin so, in their order. */
  async *list(prefix: string): AsyncGenerator<S3Entry, void> {
    for await (const { name, size } of this.#items(prefix, true)) {
      if (name !== undefined) {
        yield { key: name, size: size ?? 0 };
      }
    }
  }

  /** What stands between a prefix and the next slash, each with its slash. */
  async *folders(prefix: string): AsyncGenerator<string, void> {
    for await (const item of this.#items(prefix, false)) {
      if ('prefix' in item && item.prefix !== undefined) {
        yield item.prefix;
      }
    }
  }

  async problem(): Promise<string | undefined> {
    return await this.#health.problem();
  }

  [Symbol.dispose](): void {
    this.#health[Symbol.dispose]();
    this.#transport[Symbol.dispose]();
  }

  async *#items(prefix: string, recursive: boolean): AsyncGenerator<BucketItem, void> {
    const delimiter = recursive ? '' : '/';
    let more: string | undefined = '';
    while (more !== undefined) {
      const from: string = more;
      const page = await this.#do('the objects could not be listed', () =>
        retried(() => this.#client.listObjectsV2Query(this.#options.bucket, prefix, from, delimiter, PAGE_KEYS, '')),
      );
      yield* page.objects;
      more = page.isTruncated ? page.nextContinuationToken : undefined;
    }
  }

  async #ask(key: string, offset: number, length: number | undefined): Promise<IncomingMessage> {
    const target = { method: 'GET', bucketName: this.#options.bucket, objectName: key } as const;
    const end = length === undefined ? '' : String(offset + length - 1);
    return await this.#client.makeRequestAsync({ ...target, headers: { range: `bytes=${offset}-${end}` } }, '', [200, 206], '');
  }

  async #do<T>(what: string, operation: () => Promise<T>): Promise<T> {
    try {
      this.#health.check();
      return await operation();
    } catch (error) {
      this.#health.failed(error);
      throw storeError(error, what);
    }
  }
}

async function sha256Of(bytes: Buffer): Promise<string> {
  return bytes.byteLength < HASH_APART_BYTES
    ? createHash('sha256').update(bytes).digest('hex')
    : Buffer.from(await webcrypto.subtle.digest('SHA-256', bytes)).toString('hex');
}

/** Reads an answer that says nothing to its end, so that its connection serves again. */
async function finished(answer: Readable): Promise<void> {
  for await (const _chunk of answer) {
    // Nothing of it is wanted.
  }
}

function isMissing(error: unknown): boolean {
  return MISSING.has(errorCode(error) ?? '');
}
