// needs: minio
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ARCHIVE_LIMITS } from '../../src/core/limits.ts';
import { openObjectStore, parseS3Url } from '../../src/objects/open-object-store.ts';
import { S3Client } from '../../src/objects/s3-client.ts';
import { envelopeOf, objectStoreContract, patterned } from './object-store.ts';

/** The runner builds the server and says where it is; a file run by itself takes the one on the path. */
const PROGRAM = process.env.FILMLESS_MINIO ?? 'minio';
const KEY = 'filmless';
const SECRET = 'filmless-secret';

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

async function live(port: number): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/minio/health/ready`).catch(() => undefined);
    if (answer?.ok === true) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`MinIO (${PROGRAM}) did not become ready`);
}

describe('on a MinIO server', () => {
  let folder: string;
  let server: ChildProcess;
  let port: number;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-minio-'));
    port = await freePort();
    server = spawn(PROGRAM, ['server', folder, '--address', `127.0.0.1:${port}`, '--quiet'], {
      stdio: 'ignore',
      env: { ...process.env, MINIO_ROOT_USER: KEY, MINIO_ROOT_PASSWORD: SECRET, MINIO_BROWSER: 'off' },
    });
    await live(port);
  });

  afterAll(async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  });

  /** A bucket for each test, by the name of its folder. */
  const buckets = new Map<string, string>();

  objectStoreContract('behind S3', (local) => {
    const bucket = buckets.get(local) ?? `test-${randomUUID()}`;
    buckets.set(local, bucket);
    return openObjectStore(`s3://${KEY}:${SECRET}@127.0.0.1:${port}/${bucket}?tls=0`, local, ARCHIVE_LIMITS);
  });

  it('keeps what comes together in few objects, and a pack until its last member is gone', async () => {
    const address = `s3://${KEY}:${SECRET}@127.0.0.1:${port}/test-${randomUUID()}?tls=0`;
    await using client = new AsyncDisposableStack();
    const bucket = client.use(await S3Client.open(parseS3Url(address), 10_000));
    const names = async () => (await Array.fromAsync(bucket.list(''))).map(({ key }) => key);
    await using store = await openObjectStore(address, folder, ARCHIVE_LIMITS);
    const put = (number: number) => store.put({ content: { pieces: [patterned(1000)] }, envelope: envelopeOf(1000, number) });
    const keys = await Promise.all(Array.from({ length: 64 }, (_, index) => put(index)));
    const packs = await names();
    expect(packs.length).toBeLessThan(10);
    const largest = packs.find((pack) => keys.filter((key) => key.startsWith(pack)).length > 10) ?? '';
    const [last = '', ...others] = keys.filter((key) => key.startsWith(largest));
    await Promise.all(others.map((key) => store.delete(key)));
    expect(await store.size(others[0] ?? '')).toBeUndefined();
    expect(Buffer.compare(await store.readBytes(last, { offset: 0, length: 1000 }), patterned(1000))).toBe(0);
    expect(await names()).toContain(largest);
    await store.delete(last);
    expect((await names()).filter((name) => name.startsWith(largest))).toEqual([]);
  });

  it('names an object that holds no envelope, and leaves it', async () => {
    const address = `s3://${KEY}:${SECRET}@127.0.0.1:${port}/test-${randomUUID()}?tls=0`;
    await using client = new AsyncDisposableStack();
    const bucket = client.use(await S3Client.open(parseS3Url(address), 10_000));
    await bucket.put('r1abcdefgh/0000/damaged.dcm', Buffer.from('DICM'));
    await using store = await openObjectStore(address, folder, ARCHIVE_LIMITS);
    const found = [{ objectKey: 'r1abcdefgh/0000/damaged.dcm', broken: 'unknown' }];
    expect(await Array.fromAsync(store.unsettled())).toMatchObject(found);
    await store[Symbol.asyncDispose]();
    await using again = await openObjectStore(address, folder, ARCHIVE_LIMITS);
    expect(await Array.fromAsync(again.unsettled())).toMatchObject(found);
  });
});
