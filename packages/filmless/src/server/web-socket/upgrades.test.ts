import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { Upgrades } from './upgrades.ts';

const REQUEST = 'GET / HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

it('keeps no connection whose upgrade was refused, though its client stays and goes on to send', async () => {
  const upgrades = new Upgrades();
  const server = createServer();
  server.on('upgrade', (incoming, socket, head) => {
    upgrades
      .begin(incoming, socket as Socket, head)
      .writeHead(401)
      .end('no');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  client.on('error', () => undefined);
  client.write(REQUEST);
  const [answer] = await once(client, 'data');
  expect(String(answer)).toContain('401');
  client.write('more');
  const connections = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
  await expect.poll(connections, { timeout: 10_000 }).toBe(0);
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});
