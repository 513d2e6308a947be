import { createHash } from 'node:crypto';
import type { Client } from 'minio';
import { retried } from './s3-retry.ts';
import { errorCode } from './store-error.ts';

/** Large objects go up in parts of this size, one in memory at a time: S3's smallest is 5 MiB. */
export const PART_BYTES: number = 8 * 1024 * 1024;

interface Part {
  readonly part: number;
  readonly etag: string;
}

/**
 * Sends an object in parts, each of which is tried again by itself: with one for the whole, an object of gigabytes would hardly
 * ever get through to a busy server. When it fails the parts are given up.
 */
export async function putInParts(client: Client, bucket: string, key: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const upload = await retried(() => client.initiateNewMultipartUpload(bucket, key, {}));
  try {
    const parts: Part[] = [];
    for await (const bytes of inParts(pieces)) {
      const part = parts.length + 1;
      parts.push({ part, etag: await retried(() => putPart(client, { bucket, key, upload, part, bytes })) });
    }
    await complete(client, bucket, key, upload, parts);
  } catch (error) {
    // The bucket's life cycle removes what cannot be given up now.
    client.abortMultipartUpload(bucket, key, upload).catch(() => undefined);
    throw error;
  }
}

async function complete(client: Client, bucket: string, key: string, upload: string, parts: Part[]): Promise<void> {
  let tries = 0;
  await retried(async () => {
    tries += 1;
    try {
      await client.completeMultipartUpload(bucket, key, upload, parts);
    } catch (error) {
      // After an answer that was lost there is nothing left to complete, and the object is there.
      if (tries === 1 || errorCode(error) !== 'NoSuchUpload') {
        throw error;
      }
      await client.statObject(bucket, key);
    }
  });
}

interface PartUpload {
  readonly bucket: string;
  readonly key: string;
  readonly upload: string;
  readonly part: number;
  readonly bytes: Buffer;
}

async function putPart(client: Client, { bucket, key, upload, part, bytes }: PartUpload): Promise<string> {
  const query = `partNumber=${part}&uploadId=${encodeURIComponent(upload)}`;
  const headers = {
    'content-length': String(bytes.byteLength),
    'content-md5': createHash('md5').update(bytes).digest('base64'),
  };
  const answer = await client.makeRequestAsyncOmit({ method: 'PUT', bucketName: bucket, objectName: key, headers, query }, bytes);
  return answer.headers.etag?.replaceAll('"', '') ?? '';
}

/** All parts but the last have the same size. */
async function* inParts(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let part = Buffer.allocUnsafe(PART_BYTES);
  let filled = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.byteLength; ) {
      const taken = piece.subarray(at, at + PART_BYTES - filled);
      part.set(taken, filled);
      filled += taken.byteLength;
      at += taken.byteLength;
      if (filled === PART_BYTES) {
        yield part;
        part = Buffer.allocUnsafe(PART_BYTES);
        filled = 0;
      }
    }
  }
  if (filled > 0) {
    yield part.subarray(0, filled);
  }
}
