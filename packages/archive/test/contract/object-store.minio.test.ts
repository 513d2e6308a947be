// needs: minio
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import { openObjectStore } from '../../src/objects/open-object-store.ts';
import { type S3Server, startS3Server } from '../support/s3-servers.ts';
import { objectStoreContract } from './object-store.ts';

describe('on a server of minio', () => {
  let server: S3Server;

  beforeAll(async () => {
    server = await startS3Server('minio');
  });

  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  /** A bucket for each test, by the name of its folder. */
  const buckets = new Map<string, string>();

  objectStoreContract('behind S3', (local) => {
    const bucket = buckets.get(local) ?? `test-${randomUUID()}`;
    buckets.set(local, bucket);
    return openObjectStore(server.url(bucket), local, ARCHIVE_LIMITS);
  });
});
