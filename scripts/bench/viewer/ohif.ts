import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, type Place, stopChild } from '../processes.ts';

const ROOT = dirname(dirname(dirname(import.meta.dirname)));
const NGINX = '/usr/sbin/nginx';
/** OHIF as it is built and published: `dist` of the npm package @ohif/app. */
const DIST: string = process.env.FILMLESS_OHIF ?? '/usr/share/ohif';
const START_MS = 10_000;

export function missingOhif(): readonly string[] {
  return [
    ...(existsSync(join(DIST, 'index.html'))
      ? []
      : ['OHIF: the folder dist of the npm package @ohif/app 3.13.2 (FILMLESS_OHIF names it)']),
    ...(existsSync(NGINX) ? [] : [`${NGINX} (Debian: nginx-light)`]),
  ];
}

/** OHIF in front of Filmless by the files of `deploy/`, without TLS: on loopback. */
export async function startOhif(
  archivePort: number,
  { folder, signal }: Place,
): Promise<AsyncDisposable & { readonly url: string }> {
  await mkdir(folder, { recursive: true });
  const port = await freePort();
  const text = await readFile(join(ROOT, 'deploy', 'ohif.conf'), 'utf8');
  const server = text
    .replace('listen 8444 ssl', `listen 127.0.0.1:${port}`)
    .replaceAll(/^ *ssl_.*$/gm, '')
    .replace('/usr/share/ohif', DIST)
    .replace('/etc/nginx/ohif-config.js', join(ROOT, 'deploy', 'ohif-config.js'))
    .replace('http://127.0.0.1:8080', `http://127.0.0.1:${archivePort}`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${join(folder, kind)};`,
  );
  const http = `http { include /etc/nginx/mime.types; access_log off; ${temporary.join(' ')}\n${server}}`;
  const file = join(folder, 'nginx.conf');
  await writeFile(file, `daemon off;\nmaster_process off;\npid ${join(folder, 'nginx.pid')};\nevents {}\n${http}\n`);
  const child = spawn(NGINX, ['-c', file, '-p', folder, '-e', join(folder, 'error.log')], { stdio: 'ignore', signal });
  // Stopped by the signal: the work that fails then says so.
  child.on('error', () => undefined);
  const url = `http://127.0.0.1:${port}`;
  for (const until = performance.now() + START_MS; ; await sleep(50)) {
    if (
      await fetch(url).then(
        (response) => response.ok,
        () => false,
      )
    ) {
      break;
    }
    if (performance.now() > until) {
      await stopChild(child);
      throw new Error(`nginx does not answer: ${await readFile(join(folder, 'error.log'), 'utf8').catch(() => 'no log')}`);
    }
  }
  return { url, [Symbol.asyncDispose]: () => stopChild(child) };
}
