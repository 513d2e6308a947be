import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Product, ROOT } from './product.ts';
import { freePort, listening } from './storescp.ts';

/** OHIF as it is built and published: `dist` of the npm package. */
const DIST: string = process.env.FILMLESS_OHIF ?? '/usr/share/ohif';

/** OHIF in front of a Filmless, on a port of its own, by the files of `deploy/`. */
export interface Ohif extends AsyncDisposable {
  readonly url: string;
}

/** The settings as they are, but for what lies elsewhere here, and without TLS: on loopback. */
export async function startOhif(product: Product): Promise<Ohif> {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-ohif-'));
  const port = await freePort();
  const text = await readFile(join(ROOT, 'deploy', 'ohif.conf'), 'utf8');
  const server = text
    .replace('listen 8444 ssl', `listen 127.0.0.1:${port}`)
    .replaceAll(/^ *ssl_.*$/gm, '')
    .replace('/usr/share/ohif', DIST)
    .replace('/etc/nginx/ohif-config.js', join(ROOT, 'deploy', 'ohif-config.js'))
    .replace('http://127.0.0.1:8080', product.url);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${join(folder, kind)};`,
  );
  const http = `http { include /etc/nginx/mime.types; access_log off; ${temporary.join(' ')}\n${server}}`;
  const file = join(folder, 'nginx.conf');
  // The worker runs as who runs the test: it must read a folder of theirs.
  await writeFile(file, `daemon off;\nmaster_process off;\npid ${join(folder, 'nginx.pid')};\nevents {}\n${http}\n`);
  const child = spawn('/usr/sbin/nginx', ['-c', file, '-p', folder, '-e', join(folder, 'error.log')], { stdio: 'ignore' });
  const gone = once(child, 'exit');
  await listening(port);
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await gone;
      await rm(folder, { recursive: true });
    },
  };
}
