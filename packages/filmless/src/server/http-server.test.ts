import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
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
