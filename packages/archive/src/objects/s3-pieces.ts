import { Readable } from 'node:stream';
import type { PieceStore } from '../core/uploads/upload-records.ts';
import type { S3Client } from './s3-client.ts';

/** Pieces of uploads in the bucket. Their keys are none of objects: neither a start nor a rebuild looks at them. */
export class S3Pieces implements PieceStore {
  readonly #client: S3Client;

  constructor(client: S3Client) {
    this.#client = client;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.#client.put(key, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  }

  async read(key: string): Promise<ReadableStream<Uint8Array>> {
    const stream = await this.#client.get(key, undefined, undefined);
    return Readable.toWeb(stream, { strategy: { highWaterMark: 1 } }) as ReadableStream<Uint8Array>;
  }

  async remove(key: string): Promise<void> {
    await this.#client.remove(key);
  }

  async *list(prefix: string): AsyncGenerator<string, void> {
    for await (const { key } of this.#client.list(prefix)) {
      yield key;
    }
  }
}
