// needs: nginx, python, systemd
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Nginx, portOf, startNginx } from '../support/nginx.ts';
import { ROOT } from '../support/product.ts';
import { PYTHON, run } from '../support/run.ts';

const DEPLOY = join(ROOT, 'deploy');

const READ_COMPOSE = `
import sys
from compose_spec import PyCompose
compose = PyCompose.from_yaml(open(sys.argv[1]).read())
compose.validate()
compose.validate_networks()
compose.validate_volumes()
print(sorted(compose.service_names()))
`;

it('the unit is one that systemd takes, and gives the service little', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-unit-'));
  try {
    const unit = join(folder, 'filmless.service');
    const text = await readFile(join(DEPLOY, 'filmless.service'), 'utf8');
    // The program need not be installed here.
    await writeFile(unit, text.replace(/^ExecStart=.*$/m, 'ExecStart=/bin/true').replace(/^WorkingDirectory=.*$/m, ''));
    const verified = await run('systemd-analyze', ['verify', '--man=no', unit]);
    expect({ code: verified.code, said: verified.stderr }).toEqual({ code: 0, said: '' });
    const security = await run('systemd-analyze', ['security', '--offline=true', '--threshold=25', '--no-pager', unit]);
    expect(security.code, security.stdout).toBe(0);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it.each([
  ['compose.yaml', "['filmless', 'minio']"],
  ['compose.cluster.yaml', "['archive-1', 'archive-2', 'archive-3', 'minio', 'postgres', 'proxy']"],
])('%s is one that the specification knows', async (name, services) => {
  const read = await run(PYTHON, ['-c', READ_COMPOSE, join(DEPLOY, name)]);
  expect(read.stdout.trim(), read.stderr).toBe(services);
});

describe('the proxy in front of several archives', () => {
  let folder: string;
  let nginx: Nginx;
  const seen: { readonly archive: number; readonly headers: IncomingHttpHeaders }[] = [];
  const archives: Server[] = [];

  /** Stands for an archive: tells what it was asked, and streams. */
  const archive = (number: number) =>
    createServer((incoming, outgoing) => {
      seen.push({ headers: incoming.headers, archive: number });
      outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
      incoming.on('data', (chunk: Buffer) => outgoing.write(`${chunk.byteLength} `));
      incoming.on('end', () => outgoing.end('end'));
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'filmless-nginx-'));
    for (const number of [1, 2, 3]) {
      const server = archive(number).listen(0, '127.0.0.1');
      await once(server, 'listening');
      archives.push(server);
    }
    nginx = await startNginx(folder, archives.map(portOf));
  });

  afterAll(async () => {
    await nginx[Symbol.asyncDispose]();
    for (const server of archives) {
      server.close();
    }
    await rm(folder, { recursive: true });
  });

  it('gives requests to all of them, and says whose they are, whatever the client says', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => nginx.ask('POST', ['x'], { 'x-forwarded-for': '10.9.9.9' })),
    );
    expect(answers.map(({ text }) => text)).toEqual(answers.map(() => '1 end'));
    expect(new Set(seen.map(({ archive: number }) => number))).toEqual(new Set([1, 2, 3]));
    const told = seen.map(({ headers }) => [headers['x-forwarded-for'], headers['x-forwarded-proto'], headers.host]);
    expect(new Set(told.map(String))).toEqual(new Set([`127.0.0.1,https,127.0.0.1:${nginx.port}`]));
  });

  it('collects neither a body nor an answer', async () => {
    const gate = Promise.withResolvers<void>();
    async function* body(): AsyncGenerator<string> {
      yield 'a'.repeat(10);
      await gate.promise;
      yield 'b'.repeat(20);
    }
    // The body goes on only once the beginning of the answer to its beginning is here.
    const { text } = await nginx.ask('POST', body(), {}, () => gate.resolve());
    expect(text).toMatch(/^10 (20 |.*)end$/);
  });

  it('goes on when one of them is gone', async () => {
    const [gone] = archives;
    gone?.closeAllConnections();
    await new Promise((resolve) => gone?.close(resolve));
    seen.length = 0;
    const answers = await Promise.all(Array.from({ length: 9 }, () => nginx.ask('GET', [], {})));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(new Set(seen.map(({ archive: number }) => number))).toEqual(new Set([2, 3]));
  });
});
