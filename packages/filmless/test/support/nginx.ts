import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, Server } from 'node:http';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ROOT } from './product.ts';
import { run } from './run.ts';

const NGINX = '/usr/sbin/nginx';
const READY_MS = 20_000;

/** nginx with the settings of `deploy/`, on loopback. */
export interface Nginx extends AsyncDisposable {
  readonly port: number;
  /** `began` is called with the first bytes of the answer. */
  ask(
    method: string,
    body: AsyncIterable<string> | Iterable<string>,
    headers: Readonly<Record<string, string>>,
    began?: () => void,
  ): Promise<{ readonly status: number; readonly text: string }>;
}

export function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** The settings as they are, but for what lies elsewhere here: addresses, certificate, files. */
export async function startNginx(folder: string, archives: readonly number[]): Promise<Nginx> {
  const port = await freePort();
  await certificate(folder);
  const text = await readFile(join(ROOT, 'deploy', 'nginx.conf'), 'utf8');
  const settings = text
    .replace(/archive-(\d):8080/g, (_, number: string) => `127.0.0.1:${archives[Number(number) - 1] ?? 0}`)
    .replace('listen 8443 ssl', `listen 127.0.0.1:${port} ssl`)
    .replaceAll('/etc/nginx/tls', folder)
    .replace('http {', `http {\n${TEMPORARY.map((kind) => `    ${kind}_temp_path ${join(folder, kind)};`).join('\n')}`);
  const file = join(folder, 'nginx.conf');
  await writeFile(file, `daemon off;\nmaster_process off;\npid ${join(folder, 'nginx.pid')};\n${settings}`);
  const common = ['-c', file, '-p', folder, '-e', join(folder, 'error.log')];
  const checked = await run(NGINX, ['-t', '-q', ...common]);
  if (checked.code !== 0) {
    throw new Error(`nginx does not take the settings: ${checked.stderr}${await readFile(join(folder, 'error.log'), 'utf8')}`);
  }
  const child = spawn(NGINX, common, { stdio: 'ignore' });
  const gone = once(child, 'exit');
  const nginx: Nginx = {
    port,
    ask: async (method, body, headers, began) => {
      const asked = request({ host: '127.0.0.1', port, method, path: '/', headers, rejectUnauthorized: false, agent: false });
      const answered = once(asked, 'response');
      asked.flushHeaders();
      void send(asked, body);
      const [response] = (await answered) as [IncomingMessage];
      let said = '';
      for await (const chunk of response.setEncoding('utf8')) {
        began?.();
        said += String(chunk);
      }
      return { status: response.statusCode ?? 0, text: said };
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await gone;
    },
  };
  await listening(nginx);
  return nginx;
}

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'] as const;

async function send(asked: ReturnType<typeof request>, body: AsyncIterable<string> | Iterable<string>): Promise<void> {
  for await (const piece of body) {
    asked.write(piece);
  }
  asked.end();
}

async function listening(nginx: Nginx): Promise<void> {
  for (const until = Date.now() + READY_MS; Date.now() < until; await wait(50)) {
    if (await nginx.ask('GET', [], {}).catch(() => undefined)) {
      return;
    }
  }
  throw new Error('nginx does not answer');
}

async function certificate(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const names = ['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'chain.pem'), '-subj', '/CN=localhost'];
  const made = await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names]);
  if (made.code !== 0) {
    throw new Error(made.stderr);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  server.close();
  return port;
}
