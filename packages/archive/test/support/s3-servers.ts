import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const KEY = 'filmless';
const SECRET = 'filmless-secret';
const READY_MS = 60_000;

export type S3ServerName = 'minio' | 'versitygw';

interface Kind {
  /** The runner builds the server and says where it is; a file run by itself takes the one on the path. */
  readonly program: string;
  readonly arguments: (port: number, folder: string) => readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly health: string;
}

const KINDS: Readonly<Record<S3ServerName, Kind>> = {
  minio: {
    program: process.env.FILMLESS_MINIO ?? 'minio',
    arguments: (port, folder) => ['server', folder, '--address', `127.0.0.1:${port}`, '--quiet'],
    environment: { MINIO_ROOT_USER: KEY, MINIO_ROOT_PASSWORD: SECRET, MINIO_BROWSER: 'off', MINIO_UPDATE: 'off' },
    health: '/minio/health/ready',
  },
  versitygw: {
    program: process.env.FILMLESS_VERSITYGW ?? 'versitygw',
    arguments: (port, folder) => [
      ...['--port', `127.0.0.1:${port}`, '--health', '/health', '--quiet', '--iam-dir', join(folder, '..', 'users')],
      ...['posix', folder],
    ],
    environment: { ROOT_ACCESS_KEY: KEY, ROOT_SECRET_KEY: SECRET },
    health: '/health',
  },
};

/** An S3 server on loopback with a folder of its own. */
export interface S3Server extends AsyncDisposable {
  readonly port: number;
  /** The value of `--store` for a bucket, straight to the server or by way of another port. */
  url(bucket: string, port?: number): string;
  /** Ends the server as a power cut does; its folder stays. */
  kill(): Promise<void>;
  /** Starts it again on its folder and port. */
  restart(): Promise<void>;
  /** It holds still: its connections stand, nothing answers. */
  freeze(): void;
  thaw(): void;
}

export async function startS3Server(name: S3ServerName): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), `filmless-${name}-`));
  const port = await freePort();
  await mkdir(join(folder, 'objects'));
  await mkdir(join(folder, 'users'));
  let child = await launch(KINDS[name], port, join(folder, 'objects'));
  const kill = () => end(child, 'SIGKILL');
  return {
    port,
    url: (bucket, by = port) => `s3://${KEY}:${SECRET}@127.0.0.1:${by}/${bucket}?tls=0`,
    kill,
    async restart() {
      await kill();
      child = await launch(KINDS[name], port, join(folder, 'objects'));
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async [Symbol.asyncDispose]() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Makes a user of versitygw, who may nothing until a bucket's policy says so. */
export async function addUser(server: S3Server, user: string, secret: string): Promise<void> {
  const endpoint = `http://127.0.0.1:${server.port}`;
  const as = ['admin', '--access', KEY, '--secret', SECRET, '--endpoint-url', endpoint];
  const create = ['create-user', '--access', user, '--secret', secret, '--role', 'user'];
  const child = spawn(KINDS.versitygw.program, [...as, ...create], { stdio: 'ignore' });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) {
    throw new Error(`versitygw made no user (${String(code)})`);
  }
}

async function launch(kind: Kind, port: number, folder: string): Promise<ChildProcess> {
  const child = spawn(kind.program, kind.arguments(port, folder), {
    cwd: folder,
    stdio: 'ignore',
    env: { ...process.env, ...kind.environment },
  });
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${kind.program} ended with ${code} before it was ready`)));
  });
  await Promise.race([ready(`http://127.0.0.1:${port}${kind.health}`), failed]);
  return child;
}

async function ready(url: string): Promise<void> {
  const until = Date.now() + READY_MS;
  while (Date.now() < until) {
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok === true) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${url} did not become ready`);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
