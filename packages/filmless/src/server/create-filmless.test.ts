import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ADMIN_TOKEN, doubleParts, type Started, startDouble } from '../../test/doubles.ts';

const BEARER = { authorization: `Bearer ${ADMIN_TOKEN}` };

async function builtViewer(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'filmless-viewer-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Filmless</title>');
  await writeFile(join(folder, 'assets', 'index-B4ta0xg_.js'), `console.log(${JSON.stringify('x'.repeat(5000))})`);
  await writeFile(join(folder, 'assets', 'codec-AAAAAAAA.wasm'), 'plain');
  await writeFile(join(folder, 'assets', 'codec-AAAAAAAA.wasm.br'), brotliCompressSync('precompressed'));
  await writeFile(join(folder, 'favicon.svg'), '<svg/>');
  return folder;
}

/** A request with headers that `fetch` would not send. */
interface RawRequest {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function raw(url: string, options: RawRequest) {
  return new Promise<{ readonly status: number; readonly body: string }>((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path: '/', ...options, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
}

describe('a running Filmless', () => {
  const events: string[] = [];
  let viewerFolder: string;
  let started: Started;
  let url: string;

  beforeAll(async () => {
    viewerFolder = await builtViewer();
    started = await startDouble([], { viewerFolder, parts: doubleParts({ events }) });
    url = started.filmless.httpUrl;
  });

  afterAll(async () => {
    await started[Symbol.asyncDispose]();
    await rm(viewerFolder, { recursive: true });
  });

  it('says where it is reached, on the ports really bound', () => {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/);
    expect(started.filmless.dicomAddress).toMatch(/^FILMLESS@127\.0\.0\.1:[1-9]\d*$/);
    expect(started.filmless.setupLink).toMatch(new RegExp(`^${url}/setup\\?token=[\\w-]{43}$`));
  });

  it('sends every answer with strict headers, errors and files alike', async () => {
    for (const path of ['/', '/assets/index-B4ta0xg_.js', '/api/session', '/api/nothing', '/healthz', '/api/fails']) {
      const { headers } = await fetch(`${url}${path}`, { headers: path === '/api/fails' ? BEARER : {} });
      expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'");
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('strict-transport-security')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('keeps answers with data out of every cache', async () => {
    const { headers } = await fetch(`${url}/api/studies`, { headers: BEARER });
    expect(headers.get('cache-control')).toBe('private, no-store');
  });

  it.each(['/', '/setup?token=x', '/view?study=1.2', '/login', '/admin', '/admin/users/7'])(
    'shows the viewer at %s',
    async (path) => {
      const response = await fetch(`${url}${path}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      expect(await response.text()).toContain('<title>Filmless</title>');
    },
  );

  it('lets hashed files be kept for ever, and answers 304', async () => {
    const first = await fetch(`${url}/assets/index-B4ta0xg_.js`);
    expect(first.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    const page = await fetch(`${url}/`);
    const etag = page.headers.get('etag') ?? '';
    expect((await fetch(`${url}/`, { headers: { 'if-none-match': `W/"other", ${etag}` } })).status).toBe(304);
  });

  it('compresses files, or sends what was compressed at the build', async () => {
    const compressed = await fetch(`${url}/assets/index-B4ta0xg_.js`, { headers: { 'accept-encoding': 'gzip, br' } });
    expect(compressed.headers.get('content-encoding')).toBe('br');
    expect(Number(compressed.headers.get('content-length'))).toBeLessThan(200);
    expect(await compressed.text()).toContain('xxxx');
    const built = await fetch(`${url}/assets/codec-AAAAAAAA.wasm`, { headers: { 'accept-encoding': 'br' } });
    expect(await built.text()).toBe('precompressed');
    expect(built.headers.get('content-type')).toBe('application/wasm');
    const plain = await raw(url, { path: '/assets/codec-AAAAAAAA.wasm', headers: { 'accept-encoding': 'br;q=0' } });
    expect(plain.body).toBe('plain');
    expect((await fetch(`${url}/assets/codec-AAAAAAAA.wasm.br`)).status).toBe(404);
  });

  it.each([
    '/../package.json',
    '/assets/../../secret',
    '/assets/%2e%2e/%2e%2e/secret',
    '/assets/..%2f..%2fsecret',
    '/%00',
    '/assets/',
    '/index.html/',
    '/.git/config',
  ])('serves nothing from outside of the viewer: %s', async (path) => {
    const { status, body } = await raw(url, { path });
    expect(status).toBe(404);
    expect(body).toContain('Not found');
  });

  it.each(['/api/nothing', '/dicom-web/nothing', '/fhir', '/fhir/Patient', '/api', '/nothing'])(
    'answers an unknown address as a problem: %s',
    async (path) => {
      const response = await fetch(`${url}${path}`, { headers: BEARER });
      expect(response.status).toBe(404);
      expect(response.headers.get('content-type')).toBe('application/problem+json');
      // Which routes the services have is told to those who are signed in.
      const stranger = await fetch(`${url}${path}`);
      expect(stranger.status).toBe(path === '/nothing' ? 404 : 401);
      expect(stranger.headers.get('content-type')).toBe('application/problem+json');
    },
  );

  it('takes a DELETE without a body and without a length, as browsers send it', async () => {
    expect((await raw(url, { path: '/api/tokens/none', method: 'DELETE', headers: BEARER })).status).toBe(404);
    const chunked = { ...BEARER, 'transfer-encoding': 'chunked' };
    expect((await raw(url, { path: '/api/users', method: 'POST', headers: chunked })).status).toBe(411);
  });

  it('shows nothing of its inside when it fails', async () => {
    const response = await fetch(`${url}/api/fails`, { headers: BEARER });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret detail');
    expect(JSON.stringify(started.log.lines)).toContain('secret detail');
  });

  it('answers on this machine under its own names only', async () => {
    for (const host of ['127.0.0.1:1', 'localhost:8080', '[::1]:8080', '10.0.0.5']) {
      expect((await raw(url, { path: '/healthz', headers: { host } })).status).toBe(200);
    }
    const foreign = await raw(url, { path: '/healthz', headers: { host: 'rebound.example' } });
    expect(foreign.status).toBe(421);
    expect(foreign.body).toContain('--insecure-http');
    expect((await raw(url, { path: '/healthz', headers: { host: 'a b' } })).status).toBe(400);
  });

  it('tells who signs in what to type into a modality', async () => {
    const session = await (await fetch(`${url}/api/session`, { headers: BEARER })).json();
    expect(session).toMatchObject({
      dicom: { aeTitle: 'FILMLESS', host: '127.0.0.1', port: started.filmless.router?.dicomPort },
    });
  });

  it('is alive, and ready', async () => {
    expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ status: 'ok' });
    expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ ready: true, problems: [] });
  });

  it('gives figures to Prometheus, with a token', async () => {
    expect((await fetch(`${url}/metrics`)).status).toBe(401);
    const response = await fetch(`${url}/metrics`, { headers: BEARER });
    expect(response.headers.get('content-type')).toContain('version=0.0.4');
    const lines = (await response.text()).split('\n');
    expect(lines).toContain('# TYPE filmless_http_requests_total counter');
    expect(lines).toContain('# TYPE filmless_stage_seconds histogram');
    expect(lines.some((line) => /^filmless_http_requests_total\{method="GET",status="200"\} [1-9]\d*$/.test(line))).toBe(true);
    for (const line of lines.filter((text) => text !== '' && !text.startsWith('#'))) {
      expect(line).toMatch(/^[a-z0-9_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [\d.e+-]+$/);
    }
  });

  it('describes its routes in one document', async () => {
    const response = await fetch(`${url}/api/openapi.json`, { headers: BEARER });
    const document = (await response.json()) as { readonly openapi: string; readonly paths: object };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/api/session', '/api/users/{id}', '/api/audit']));
  });

  it('believes no client that it speaks for another, without a proxy', async () => {
    const headers = { 'x-forwarded-for': '1.2.3.4', 'content-type': 'application/json' };
    await fetch(`${url}/api/session`, { method: 'POST', headers, body: '{"username":"admin","password":"x"}' });
    const audit = await fetch(`${url}/api/audit?limit=1`, { headers: BEARER });
    expect(await audit.json()).toMatchObject({ lines: [{ action: 'signin', address: '127.0.0.1' }] });
  });

  it('refuses a large upload without waiting for its end, and does not leave the sender hanging', async () => {
    const body = new Uint8Array(8 * 1024 * 1024);
    const refused = await fetch(`${url}/dicom-web/studies`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'multipart/related' },
    }).then(
      ({ status }) => status,
      // The server may close before the sender has sent all.
      () => 401,
    );
    expect(refused).toBe(401);
    const taken = await fetch(`${url}/dicom-web/studies`, {
      method: 'POST',
      body,
      headers: { ...BEARER, 'content-type': 'multipart/related' },
    });
    expect(await taken.json()).toEqual({ size: body.byteLength });
  });

  it('reads no large body under /api, and keeps the connection of whoever sent it', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const { hostname, port } = new URL(url);
    const ask = (method: string, body: string) =>
      new Promise<{ readonly status: number | undefined; readonly from: number | undefined }>((resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'content-length': body.length };
        const sent = request({ hostname, port, path: '/api/anything', method, headers, agent }, (response) => {
          const from = response.socket.localPort;
          response.resume();
          response.on('end', () => resolve({ status: response.statusCode, from }));
        });
        sent.on('error', reject).end(body);
      });
    const refused = await ask('POST', 'x'.repeat(1_100_000));
    expect(refused.status).toBe(413);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(await ask('GET', '')).toEqual({ status: 401, from: refused.from });
    agent.destroy();
  });

  it('breaks off an answer that fails half way, rather than end it as if it were whole', async () => {
    const answer = fetch(`${url}/dicom-web/breaks`, { headers: BEARER }).then((response) => response.arrayBuffer());
    await expect(answer).rejects.toThrow(/terminated|fetch failed/);
    expect(JSON.stringify(started.log.lines)).toContain('the disk broke');
  });

  it('stops reading for a client that went away, without a word on stdout', async () => {
    const said = vi.spyOn(console, 'info');
    const abort = new AbortController();
    const response = await fetch(`${url}/dicom-web/endless`, { headers: BEARER, signal: abort.signal });
    await response.body?.getReader().read();
    abort.abort();
    await expect.poll(() => events).toContain('download abandoned');
    expect(said).not.toHaveBeenCalled();
    said.mockRestore();
  });

  it('answers 431 to a flood of headers and goes on', async () => {
    const response = await raw(url, { path: '/healthz', headers: { 'x-flood': 'x'.repeat(20_000) } });
    expect(response.status).toBe(431);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('survives what is no HTTP at all', async () => {
    const { port } = new URL(url);
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('\x16\x03\x01\x00\xff\r\n\r\n'));
      socket.on('data', (bytes) => resolve(String(bytes)));
      socket.on('error', () => resolve('closed'));
      socket.on('close', () => resolve('closed'));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400|closed/);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });
});
