import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = dirname(dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url))))));

/** How `npm start` starts the server's process. */
const STARTED = JSON.parse(readFileSync(join(ROOT, 'scripts', 'server-process.json'), 'utf8')) as {
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
};

/** The public corpus, where it lies beside the checkout. */
export const CORPUS: string | undefined = [join(ROOT, '..', 'shared', 'corpus')].find((folder) =>
  existsSync(join(folder, 'manifest.tsv')),
);

/** PS3.15 table E.1-1, where it lies beside the checkout. */
export const CONFIDENTIALITY_TABLE: string | undefined = [
  join(ROOT, '..', 'shared', 'standard', 'confidentiality_profile_attributes.json'),
].find((file) => existsSync(file));

export const ADMIN_PASSWORD = 'correct horse battery staple';
export const ADMIN_TOKEN = 'fl-test-token-0123456789abcdef0123456789abcdef';

export interface ProductOptions {
  /** Content of `filmless.yaml`. */
  readonly config?: string;
  /** More options of `filmless serve`. */
  readonly args?: readonly string[];
  /** More variables of its environment. */
  readonly environment?: Readonly<Record<string, string>>;
  /** An existing data directory; then it is left there at the end. */
  readonly data?: string;
  /** One that is free, where a browser is to find it again after a start; any, without. */
  readonly httpPort?: number;
}

/** A whole Filmless as a process of its own, on free ports of loopback, with a data directory of its own. */
export interface Product extends AsyncDisposable {
  readonly url: string;
  /** NaN for an archive alone. */
  readonly dicomPort: number;
  readonly aeTitle: string;
  readonly data: string;
  readonly process: ChildProcess;
  /** What it printed on stderr so far. */
  log(): string;
  /** A request with the administrator's token. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Ends it with SIGTERM and gives its exit code. */
  stop(): Promise<number | null>;
}

/** An archive alone has no DICOM port. */
const READY = /filmless ready http=(\S+)(?: dicom=(\S+)@\S+:(\d+))?.*\n/;
const START_MS = 60_000;

export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-product-'));
  const data = options.data ?? join(folder, 'data');
  const config = join(folder, 'filmless.yaml');
  await writeFile(config, options.config ?? '{}\n');
  const ports = ['--http-port', String(options.httpPort ?? 0), '--dicom-port', '0'];
  const args = ['serve', '--config', config, '--data', data, ...ports, ...(options.args ?? [])];
  const child = spawn(process.execPath, [...STARTED.flags, join(ROOT, 'packages', 'filmless', 'src', 'main.ts'), ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...STARTED.environment,
      ...process.env,
      FILMLESS_ADMIN_PASSWORD: ADMIN_PASSWORD,
      FILMLESS_ADMIN_TOKEN: ADMIN_TOKEN,
      ...options.environment,
    },
  });
  let log = '';
  child.stderr.on('data', (chunk: Buffer) => {
    log += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const [, url = '', aeTitle = '', port = 'none'] = await ready(child, ended, () => log);
  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    return ended;
  };
  return {
    url,
    aeTitle,
    dicomPort: Number(port),
    data,
    process: child,
    log: () => log,
    fetch: (path, init = {}) => {
      const headers = new Headers(init.headers);
      headers.set('authorization', `Bearer ${ADMIN_TOKEN}`);
      return fetch(new URL(path, url), { ...init, headers });
    },
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function ready(child: ChildProcess, ended: Promise<number | null>, log: () => string): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let out = '';
    const timer = setTimeout(() => reject(new Error(`not ready after ${START_MS} ms:\n${out}\n${log()}`)), START_MS);
    child.stdout?.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const match = READY.exec(out);
      if (match !== null) {
        clearTimeout(timer);
        resolve(match);
      }
    });
    void ended.then((code) => {
      clearTimeout(timer);
      reject(new Error(`ended with ${code} before it was ready:\n${out}\n${log()}`));
    });
  });
}
