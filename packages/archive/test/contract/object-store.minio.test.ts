// needs: minio
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
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

  objectStoreContract('behind S3', (local) => openObjectStore(server.url(`test-${randomUUID()}`), local, 10_000));
});
