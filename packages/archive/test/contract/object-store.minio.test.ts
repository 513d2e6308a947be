// needs: minio
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { openObjectStore } from '../../src/objects/open-object-store.ts';
import { objectStoreContract } from './object-store.ts';

const BUILT = join(homedir(), '.cache', 'filmless', 'minio-v0.0.0-20260212201848-7aac2a2c5b7c', 'minio');
const PROGRAM = process.env.FILMLESS_MINIO ?? BUILT;
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
  throw new Error(`MinIO did not become ready; is ${PROGRAM} there: ${existsSync(PROGRAM)}`);
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

  objectStoreContract('behind S3', (local) =>
    openObjectStore(`s3://${KEY}:${SECRET}@127.0.0.1:${port}/test-${randomUUID()}?tls=0`, local, 10_000),
  );
});
