import { createHash, webcrypto } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ByteRange } from '@filmless/dicom';
import { type BucketItem, Client } from 'minio';
import { ArchiveError } from '../core/errors.ts';
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
}

/** Large objects go up in parts of this size, one in memory at a time: S3's smallest is 5 MiB. */
const PART_BYTES = 8 * 1024 * 1024;
/** From here on a hash is made on another thread: it would hold this one up for a millisecond. */
const HASH_APART_BYTES = 1024 * 1024;
const MISSING: ReadonlySet<string> = new Set(['NoSuchKey', 'NotFound']);

export interface S3Entry {
  readonly key: string;
  readonly size: number;
}

/** What the store asks of a bucket. @throws ArchiveError `store-full`, `store-away`, `not-found` from every method */
export class S3Client implements Disposable {
  readonly #client: Client;
  readonly #agent: ReturnType<typeof idleAgent>;
  readonly #options: S3Options;

  private constructor(options: S3Options, answerMs: number) {
    this.#options = options;
    this.#agent = idleAgent(options.tls, answerMs);
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

  /** Makes the bucket when it is not there yet. `answerMs`: a server that sends no byte for so long is away. */
  static async open(options: S3Options, answerMs: number): Promise<S3Client> {
    const opened = new S3Client(options, answerMs);
    try {
      if (!(await opened.#client.bucketExists(options.bucket))) {
        await opened.#client.makeBucket(options.bucket, options.region);
      }
      return opened;
    } catch (error) {
      opened[Symbol.dispose]();
      throw storeError(error, `bucket ${options.bucket} at ${options.host}:${options.port} cannot be used`);
    }
  }

  /** Sends bytes in one request, whatever their number. */
  async put(key: string, bytes: Buffer): Promise<void> {
    try {
      // NOTE: over TLS the payload is not signed: nobody on the way can change it.
      const sha256 = this.#options.tls ? '' : await sha256Of(bytes);
      const target = { method: 'PUT', bucketName: this.#options.bucket, objectName: key } as const;
      const headers = { 'content-length': String(bytes.byteLength) };
      const answer = await this.#client.makeRequestStreamAsync({ ...target, headers }, bytes, sha256, [200], '');
      await finished(answer);
    } catch (error) {
      throw storeError(error, 'the object could not be sent to the store');
    }
  }

  /** Sends what comes from a stream, in parts. */
  async putStream(key: string, pieces: AsyncIterable<Uint8Array>, size: number): Promise<void> {
    const body = Readable.from(pieces, { objectMode: false });
    // NOTE: the client pipes the stream without watching it, so that a read error would be waited for without end.
    const broken = new Promise<never>((_, reject) => {
      body.once('error', reject);
    });
    try {
      await Promise.race([this.#client.putObject(this.#options.bucket, key, body, size), broken]);
    } catch (error) {
      throw storeError(error, 'the object could not be sent to the store');
    } finally {
      body.destroy();
    }
  }

  /** A range, or what there is of it. */
  async get(key: string, range: ByteRange | undefined, signal: AbortSignal | undefined): Promise<Readable> {
    signal?.throwIfAborted();
    // A length of 0 would mean "to the end".
    if (range?.length === 0) {
      return Readable.from([]);
    }
    try {
      const stream = await this.#client.getPartialObject(this.#options.bucket, key, range?.offset ?? 0, range?.length ?? 0);
      signal?.addEventListener('abort', () => stream.destroy(), { once: true });
      return stream;
    } catch (error) {
      if (isMissing(error)) {
        throw new ArchiveError('not-found', `object ${key} is missing from the store`, { cause: error });
      }
      if (errorCode(error) === 'InvalidRange') {
        return Readable.from([]);
      }
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
      throw storeError(error, `object ${key} could not be read`);
    }
    return Buffer.concat(chunks);
  }

  async size(key: string): Promise<number | undefined> {
    try {
      return (await this.#client.statObject(this.#options.bucket, key)).size;
    } catch (error) {
      if (isMissing(error)) {
        return undefined;
      }
      throw storeError(error, `object ${key} could not be looked at`);
    }
  }

  /** Nothing happens when there is none. */
  async remove(key: string): Promise<void> {
    try {
      await this.#client.removeObject(this.#options.bucket, key);
    } catch (error) {
      if (!isMissing(error)) {
        throw storeError(error, `object ${key} could not be removed`);
      }
    }
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
    try {
      return (await this.#client.bucketExists(this.#options.bucket))
        ? undefined
        : 'the bucket of the images is gone from the object store: make it again';
    } catch (error) {
      return `the object store does not answer (${errorCode(error) ?? 'no connection'}): check that it runs and that its key is right`;
    }
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  async *#items(prefix: string, recursive: boolean): AsyncGenerator<BucketItem, void> {
    try {
      const items: AsyncIterable<BucketItem> = this.#client.listObjectsV2(this.#options.bucket, prefix, recursive);
      yield* items;
    } catch (error) {
      throw storeError(error, 'the objects could not be listed');
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
