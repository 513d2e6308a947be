import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { freePort } from '../../test/run-peer.ts';
import { routerLimits } from '../limits.ts';
import { EarlyCall } from './early-call.ts';

async function peer() {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    // It reads what comes, and so hears when it ends.
    socket.on('error', () => undefined).resume();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return { port, sockets, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const called = (port: number) => ({ host: '127.0.0.1', port, limits: routerLimits() });

it('gives its connection once', async () => {
  await using listening = await peer();
  using call = new EarlyCall(called(listening.port));
  const socket = await call.take();
  expect(socket?.readyState).toBe('open');
  expect(await call.take()).toBeUndefined();
  socket?.destroy();
});

it('hangs up when it is not needed, and leaves what was taken', async () => {
  await using listening = await peer();
  const [kept, left] = [new EarlyCall(called(listening.port)), new EarlyCall(called(listening.port))];
  const socket = await kept.take();
  kept[Symbol.dispose]();
  expect(socket?.destroyed).toBe(false);
  await expect.poll(() => listening.sockets.length).toBe(2);
  left[Symbol.dispose]();
  await expect.poll(() => listening.sockets.filter(({ destroyed }) => destroyed).length).toBe(1);
  expect(await left.take()).toBeUndefined();
  socket?.destroy();
});

it('hangs up when nothing was said for long', async () => {
  await using listening = await peer();
  using call = new EarlyCall(called(listening.port), 20);
  await expect.poll(() => listening.sockets[0]?.destroyed).toBe(true);
  expect(await call.take()).toBeUndefined();
});

it('tells who takes it that nobody answers, and nobody else', async () => {
  const port = await freePort();
  new EarlyCall(called(port))[Symbol.dispose]();
  using call = new EarlyCall(called(port));
  await expect(call.take()).rejects.toMatchObject({ code: 'unreachable' });
});
