import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { AppEnv } from '@filmless/access';
import { OpenAPIHono } from '@hono/zod-openapi';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RequestScope } from '../request-scope.ts';
import { type HttpServer, startHttpServer } from './http-server.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function serve(app: OpenAPIHono<AppEnv>, behindProxy = false): Promise<HttpServer> {
  return await startHttpServer({
    host: '127.0.0.1',
    port: 0,
    app,
    identity: undefined,
    behindProxy,
    isProxy: () => behindProxy,
    log,
    scope: new RequestScope(),
  });
}

async function ask(port: number, host: string): Promise<IncomingMessage> {
  const asked = request({ host: '127.0.0.1', port, path: '/', headers: { host }, agent: false }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
}

describe('the URL of a request', () => {
  const app = new OpenAPIHono<AppEnv>();
  app.get('/', (c) => c.text(c.req.url));

  it('has the port of the socket when the client named only the address it reached', async () => {
    await using server = await serve(app);
    expect(await text(await ask(server.port, '127.0.0.1'))).toBe(`http://127.0.0.1:${server.port}/`);
  });

  it.each(['127.0.0.1:81', 'pacs.example', '127.0.0.2'])('is that of the client when it named %s', async (host) => {
    await using server = await serve(app);
    expect(await text(await ask(server.port, host))).toBe(`http://${host}/`);
  });

  it('is that of the client when a proxy stands in between', async () => {
    await using server = await serve(app, true);
    expect(await text(await ask(server.port, '127.0.0.1'))).toBe('http://127.0.0.1/');
  });
});

describe('a stream of events', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is not broken off by the clock: the one who sends it ends it', async () => {
    const app = new OpenAPIHono<AppEnv>();
    const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode(': \n\n')) });
    app.get('/', (c) => c.body(body, 200, { 'content-type': 'text/event-stream' }));
    const server = await serve(app);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    const response = await ask(server.port, 'pacs.example');
    const ended = new Promise((resolve) => response.once('close', () => resolve('ended')));
    response.on('error', () => undefined).resume();
    await once(response, 'data');
    vi.advanceTimersByTime(3_600_000);
    vi.useRealTimers();
    expect(await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 100, 'open'))])).toBe('open');
    await server[Symbol.asyncDispose]();
    expect(await ended).toBe('ended');
  });
});

/** A connection to the server, what it heard so far, and its end. */
async function talk(port: number): Promise<{ socket: Socket; heard: () => string; ended: Promise<unknown> }> {
  let heard = '';
  const socket = connect(port, '127.0.0.1');
  socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1');
  });
  socket.on('error', () => undefined);
  const ended = once(socket, 'close');
  await once(socket, 'connect');
  return { socket, heard: () => heard, ended };
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: pacs.example\r\n\r\n`;

describe('requests sent ahead on one connection', () => {
  it('are answered in their order, one at a time', async () => {
    const app = new OpenAPIHono<AppEnv>();
    let running = 0;
    let most = 0;
    app.get('/:number', async (c) => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      return c.text(`[${c.req.param('number')}]`);
    });
    await using server = await serve(app);
    const { socket, heard } = await talk(server.port);
    socket.write(Array.from({ length: 17 }, (_, index) => get(`/${index}`)).join(''));
    await vi.waitFor(() => expect(heard()).toContain('[16]'));
    expect(heard().match(/\[\d+\]/g)).toEqual(Array.from({ length: 17 }, (_, index) => `[${index}]`));
    expect(most).toBe(1);
    socket.write(get('/again'));
    await vi.waitFor(() => expect(heard()).toContain('[again]'));
    socket.destroy();
  });

  it('are not worked on for a client that reads none of the answers', async () => {
    const app = new OpenAPIHono<AppEnv>();
    let begun = 0;
    app.get('/', (c) => {
      begun += 1;
      return c.body(new Uint8Array(50_000_000));
    });
    await using server = await serve(app);
    const { socket } = await talk(server.port);
    socket.pause().write(get('/').repeat(10));
    await vi.waitFor(() => expect(begun).toBe(1));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(begun).toBe(1);
    socket.destroy();
    await vi.waitFor(() => expect(server.connections).toBe(0));
    expect(begun).toBe(1);
  });

  it('end the connection when they are too many', async () => {
    const app = new OpenAPIHono<AppEnv>();
    let begun = 0;
    app.get('/', async (c) => {
      begun += 1;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return c.text('late');
    });
    await using server = await serve(app);
    const { socket, ended, heard } = await talk(server.port);
    socket.write(get('/').repeat(1000));
    await ended;
    expect([begun, heard()]).toEqual([1, '']);
  });
});

describe('what no route is reached by', () => {
  const app = new OpenAPIHono<AppEnv>();
  app.post('/', async (c) => c.text(await c.req.text()));
  app.onError((_, c) => c.text('its body never came'));

  const HOST = 'Host: pacs.example\r\n';
  it.each([
    ['no HTTP', 'HELLO\r\n\r\n', 400],
    ['headers that are too long', `GET / HTTP/1.1\r\n${HOST}x: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    ['a chunk without a size', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
    ['a chunk with a long extension', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}`, 413],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400],
    ['a host that is none', 'GET / HTTP/1.1\r\nHost: a:80:80/../x@y\r\n\r\n', 400],
    ['an unknown expectation', `POST / HTTP/1.1\r\n${HOST}Expect: 200-ok\r\nContent-Length: 0\r\n\r\n`, 417],
  ])('is refused in words: %s', async (_, text, status) => {
    await using server = await serve(app);
    const { socket, heard, ended } = await talk(server.port);
    socket.write(text);
    await ended;
    const [head = '', body = ''] = heard().split('\r\n\r\n');
    expect(head.split('\r\n')[0]).toMatch(new RegExp(`^HTTP/1.1 ${status} \\w`));
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, title: expect.any(String), detail: expect.stringMatching(/.{20}/) });
  });

  it('is not written into an answer that has begun, nor in place of one that is due', async () => {
    const slow = new OpenAPIHono<AppEnv>();
    slow.get('/', () => new Response(new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(3)) })));
    slow.get('/due', () => new Promise<Response>(() => undefined));
    await using server = await serve(slow);
    const begun = await talk(server.port);
    begun.socket.write(get('/'));
    await vi.waitFor(() => expect(begun.heard()).toContain('200 OK'));
    begun.socket.write('HELLO\r\n\r\n');
    await begun.ended;
    expect(begun.heard()).not.toContain('problem+json');
    const due = await talk(server.port);
    due.socket.write(`${get('/due')}HELLO\r\n\r\n`);
    await due.ended;
    expect(due.heard()).toBe('');
  });
});
